/** Daemons to put the same questions to, each with a panel that it asks. */
import { sealedToken } from "#lib/nodes/credentials.ts";
import type { DaemonError, NodeAddress } from "#lib/wings/call.ts";
import { startWings, type Wings } from "../wings.ts";
import { startWingsItself, wingsProgram } from "./itself.ts";
import { type StandIn, startStandIn } from "./stand-in.ts";
import type { WingsConfig } from "./state.ts";

export const SERVER = "6f1c1d2e-5b0f-4c3a-9a52-0d6c8f2f7a10";
export const OTHER = "6f1c1d2e-5b0f-4c3a-9a52-0d6c8f2f7a11";
export const BACKUP = "0a3cbb43-58c9-4a53-8f0f-1f29d9d4c0a1";
export const SECRET = "s".repeat(64);
export const ANNA = "019a0000-0000-7000-8000-00000000000a";
export const BERT = "019a0000-0000-7000-8000-00000000000b";
export const holder = { user: ANNA, server: SERVER };

export interface Daemon {
  node: NodeAddress;
  panel: StandIn;
  /** Everything that it keeps; servers' files are in `volumes`. */
  root: string;
  /** What it does after a while it does now, where it can be told to. */
  hurry: () => Promise<unknown>;
  /** As all do that know scopes: whoever is deauthorised has their socket closed. */
  closes: boolean;
  close: () => Promise<unknown>;
}

export const trouble = (calling: Promise<unknown>) =>
  calling.then(
    () => "none",
    (error: DaemonError) => error.trouble,
  );

/** The node as the panel has it, on this machine. */
export function nodeAt(port: number, version: string): NodeAddress {
  const id = "019a0000-0000-7000-8000-0000000000ff";
  const before = { previousToken: null, previousUntil: null };
  const token = sealedToken(id, SECRET);
  return { id, scheme: "http", fqdn: "127.0.0.1", port, token, ...before, version, driftMs: 0 };
}

/** A daemon of the tests, and a panel that it asks. */
export async function fake(version: string): Promise<{ wings: Wings; panel: StandIn; node: NodeAddress }> {
  const wings = await startWings({ version });
  const panel = await startStandIn(() => wings.config);
  wings.config = { token_id: "t".repeat(16), token: SECRET, remote: panel.remote };
  return { wings, panel, node: nodeAt(wings.port, version) };
}

const startFake = (version: string, closes: boolean) => async (): Promise<Daemon> => {
  const { wings, panel, node } = await fake(version);
  return {
    node,
    panel,
    root: wings.root,
    hurry: async () => {
      await wings.settled();
      await wings.report();
    },
    closes,
    close: async () => {
      await wings.close();
      await panel.close();
    },
  };
};

const startItself = (program: string) => async (): Promise<Daemon> => {
  let config: WingsConfig | null = null;
  const panel = await startStandIn(() => config);
  config = { token_id: "t".repeat(16), token: SECRET, remote: panel.remote };
  const wings = await startWingsItself(program, { ...config, uuid: nodeAt(0, "").id });
  panel.images = wings.images;
  return {
    node: nodeAt(wings.port, wings.version),
    panel,
    root: wings.root,
    hurry: async () => undefined,
    closes: true,
    close: async () => {
      await wings.close();
      await panel.close();
    },
  };
};

const program = wingsProgram();

/** By name. */
export const daemons: [string, () => Promise<Daemon>][] = [
  ["as Wings 1.11.13", startFake("1.11.13", false)],
  ["as Wings 1.13.1", startFake("1.13.1", true)],
  ...(program === null ? [] : [["Wings itself", startItself(program)] as [string, () => Promise<Daemon>]]),
];
