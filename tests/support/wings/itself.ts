/**
 * Wings itself, where `WINGS_BIN` names its program and a Docker engine answers: as root, with a network and an image of its own,
 * and everything that it writes in a temporary folder.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { stringify } from "yaml";
import type { WingsConfig } from "./state.ts";

/** Nobody listens there: what is to be fetched is not to be had, and the one that is here is taken. */
const IMAGE = "127.0.0.1:1/zonegate-test:latest";
const NETWORK = "zonegate_test";
const BUSYBOX = "/bin/busybox";
const WITHIN_MS = 60_000;

export interface WingsItself {
  port: number;
  /** Of the servers' files: `volumes`. */
  root: string;
  version: string;
  /** For servers, and for what installs them. */
  images: { server: string; installer: string };
  close(): Promise<void>;
}

/** Null: `WINGS_BIN` is not set. Throws where it is, and something that it needs is not there. */
export function wingsProgram(): string | null {
  const program = process.env.WINGS_BIN;
  if (!program) return null;
  docker("version", "--format", "{{.Server.Version}}");
  return program;
}

const docker = (...args: string[]): string => execFileSync("docker", args, { encoding: "utf8", stdio: "pipe" });

/** An image of a shell that does as an egg's images do: what is to be run is in STARTUP, with its variables in braces. */
function makeImage(): void {
  const files = mkdtempSync(path.join(tmpdir(), "zonegate-image-"));
  try {
    for (const folder of ["bin", "etc", "tmp", "home/container"])
      mkdirSync(path.join(files, folder), { recursive: true });
    writeFileSync(path.join(files, "bin/busybox"), readFileSync(BUSYBOX), { mode: 0o755 });
    const tools = execFileSync(BUSYBOX, ["--list"], { encoding: "utf8" }).trim().split("\n");
    for (const tool of tools) if (tool !== "busybox") symlinkSync("busybox", path.join(files, "bin", tool));
    writeFileSync(path.join(files, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
    writeFileSync(path.join(files, "run.sh"), `eval "$(echo "$STARTUP" | sed -e 's/{{/\${/g' -e 's/}}/}/g')"\n`);
    const tar = path.join(files, "..", `${path.basename(files)}.tar`);
    execFileSync("tar", ["-cf", tar, "-C", files, "."]);
    docker("import", "--change", "WORKDIR /home/container", "--change", 'CMD ["/bin/sh", "/run.sh"]', tar, IMAGE);
    rmSync(tar);
  } finally {
    rmSync(files, { recursive: true, force: true });
  }
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address ? address.port : 0;
};

export async function startWingsItself(program: string, config: WingsConfig & { uuid: string }): Promise<WingsItself> {
  makeImage();
  const root = mkdtempSync(path.join(tmpdir(), "zonegate-wings-itself-"));
  const [port, sftp] = [await freePort(), await freePort()];
  const at = (name: string) => path.join(root, name);
  const file = at("config.yml");
  writeFileSync(
    file,
    stringify({
      ...config,
      api: { host: "127.0.0.1", port, ssl: { enabled: false }, upload_limit: 100, disable_remote_download: true },
      system: {
        root_directory: root,
        log_directory: at("log"),
        data: at("volumes"),
        archive_directory: at("archives"),
        backup_directory: at("backups"),
        tmp_directory: at("tmp"),
        // No account is made on this machine for it.
        user: { rootless: { enabled: true, container_uid: 0, container_gid: 0 } },
        machine_id: { enabled: false },
        enable_log_rotate: false,
        activity_send_interval: 1,
        crash_detection: { enabled: false },
        sftp: { bind_address: "127.0.0.1", bind_port: sftp },
      },
      docker: { network: { name: NETWORK, network_mode: NETWORK } },
    }),
  );
  const child = spawn(program, ["--config", file], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.pipe(createWriteStream(at("said.log"), { flags: "a" }));
    stream.on("data", (chunk) => {
      said = (said + chunk).slice(-20_000);
    });
  }
  const version = await answering(child, port, config, () => said);
  return {
    port,
    root,
    version,
    images: { server: `~${IMAGE}`, installer: IMAGE },
    close: async () => {
      if (child.exitCode === null) {
        child.kill("SIGKILL");
        await once(child, "exit");
      }
      const left = docker("ps", "--all", "--quiet", "--filter", `ancestor=${IMAGE}`).split("\n").filter(Boolean);
      if (left.length > 0) docker("rm", "--force", ...left);
      docker("network", "rm", NETWORK);
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** Its version, once it says one. */
async function answering(
  child: ChildProcess,
  port: number,
  { token }: WingsConfig,
  said: () => string,
): Promise<string> {
  const until = Date.now() + WITHIN_MS;
  while (Date.now() < until && child.exitCode === null) {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`http://127.0.0.1:${port}/api/system`, { headers }).catch(() => null);
    if (answer?.ok) return ((await answer.json()) as { version: string }).version;
    await setTimeout(100);
  }
  throw new Error(`Wings did not start.\n${said()}`);
}
