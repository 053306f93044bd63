/** What daemons ask a panel for, over the network: servers as they are said to be, and what was told of them. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { bodyOf, rawOf } from "./request.ts";
import type { WingsConfig } from "./state.ts";

export interface StandIn {
  remote: string;
  /** uuid → settings that differ from `serverOf`; null: the panel knows it no more. */
  servers: Map<string, Record<string, unknown> | null>;
  script: string;
  /** That servers run in, and that they are installed in. */
  images: { server: string; installer: string };
  /** Path → what it is answered with, in the place of success. */
  refusing: Map<string, number>;
  told: { path: string; body: unknown }[];
  /** Of which servers it was asked how they are set up. */
  asked: string[];
  /** Over SFTP: name → what is answered. */
  people: Map<string, { user: string; server: string; permissions: string[] }>;
  close(): Promise<void>;
}

/** A shell that says what it reads, and ends at "stop". */
const SAYS = `echo ready; while read -r line; do if [ "$line" = stop ]; then exit 0; fi; echo "said $line {{WORD}}"; done`;

const serverOf = (uuid: string, image: string, given: Record<string, unknown>) => ({
  uuid,
  settings: {
    uuid,
    meta: { name: "A server", description: null },
    suspended: false,
    invocation: SAYS,
    skip_egg_scripts: false,
    environment: { WORD: "aloud" },
    build: {
      memory_limit: 512,
      swap: 0,
      io_weight: 0,
      cpu_limit: 100,
      threads: null,
      disk_space: 1024,
      oom_disabled: false,
    },
    container: { image },
    allocations: {
      force_outgoing_ip: false,
      default: { ip: "127.0.0.1", port: 25_565 },
      mappings: { "127.0.0.1": [25_565] },
    },
    mounts: [],
    egg: { id: "b4f9a3cc-9b0c-4f6a-8a5e-1b1b1b1b1b1b", file_denylist: ["protected.txt"] },
    ...given,
  },
  process_configuration: {
    startup: { done: ["ready"], user_interaction: [], strip_ansi: false },
    stop: { type: "command", value: "stop" },
    configs: [
      { parser: "properties", file: "server.properties", replace: [{ match: "server-port", replace_with: "25565" }] },
    ],
  },
});

export async function startStandIn(credentials: () => WingsConfig | null): Promise<StandIn> {
  const panel: StandIn = {
    remote: "",
    servers: new Map(),
    images: { server: "~zonegate-test", installer: "zonegate-test" },
    script: "echo installed > /mnt/server/installed.txt",
    refusing: new Map(),
    told: [],
    asked: [],
    people: new Map(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://panel").pathname.replace("/api/remote", "");
    const say = (status: number, body?: unknown) =>
      void response
        .writeHead(status, { "content-type": "application/json" })
        .end(body === undefined ? "" : JSON.stringify(body));
    const { token_id, token } = credentials() ?? {};
    if (request.headers.authorization !== `Bearer ${token_id}.${token}`) return void say(403, { errors: [] });
    const uuid = /^\/servers\/([^/]{36})/.exec(path)?.[1];
    const known = uuid === undefined ? undefined : panel.servers.get(uuid);
    if (request.method === "GET" && path === "/servers") {
      const all = [...panel.servers].flatMap(([id, given]) =>
        given === null ? [] : [serverOf(id, panel.images.server, given)],
      );
      const meta = { current_page: 1, from: 1, last_page: 1, per_page: 50, to: all.length, total: all.length };
      return void say(200, { data: all, meta });
    }
    if (request.method === "GET" && uuid !== undefined) panel.asked.push(uuid);
    if (uuid !== undefined && known == null) return void say(404, { errors: [] });
    if (request.method === "GET" && uuid !== undefined) {
      if (path === `/servers/${uuid}`) return void say(200, serverOf(uuid, panel.images.server, known ?? {}));
      return void say(200, { container_image: panel.images.installer, entrypoint: "sh", script: panel.script });
    }
    void (async () => {
      if (path === "/sftp/auth") {
        const { username } = await bodyOf(request);
        const person = panel.people.get(String(username));
        return person ? say(200, person) : say(403, { errors: [] });
      }
      panel.told.push({ path, body: JSON.parse((await rawOf(request)).toString() || "null") });
      say(panel.refusing.get(path) ?? 204);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  panel.remote = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return panel;
}
