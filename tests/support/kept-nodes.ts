/** Nodes that staff keep, each test with a daemon of its own over the network, and what is asked about them: for a file of tests. */
import { expect } from "vitest";
import { parse } from "yaml";
import { startPanel } from "./panel.ts";
import { headersOf, startWings, type Wings, type WingsConfig } from "./wings.ts";

export interface Node {
  id: string;
  number: number;
  name: string;
  health: "healthy" | "unhealthy" | "waiting";
  error: string | null;
  version: string | null;
  latencyMs: number | null;
  driftMs: number | null;
  warnings: string[];
  overlapUntil: number | null;
  allocations: number;
  freeAllocations: number;
  revision: number;
  [key: string]: unknown;
}
export interface Refused {
  code: string;
  message: string;
  fields: Record<string, string>;
}

export async function startNodes() {
  const panel = await startPanel({ ALLOW_PRIVATE_NETWORKS: "127.0.0.0/8" });
  const keeper = await panel.person("Keeper of nodes", ["nodes:*"]);
  const looker = await panel.person("Looker", ["nodes:read"]);
  const { db } = await import("#db/client.ts");
  const sql = (text: string, ...values: unknown[]) =>
    void db()
      .$client.prepare(text)
      .run(...values);
  let daemon: Wings;
  let count = 0;

  const add = async (given: object = {}) => {
    const body = {
      name: `Node ${++count}`,
      fqdn: "127.0.0.1",
      scheme: "http",
      port: daemon.port,
      memory: 4096,
      disk: 10_000,
      ...given,
    };
    return keeper.call<Node & Refused>("POST", "/admin/nodes", body);
  };
  const made = async (given: object = {}) => (await add(given)).body.id;
  const opened = async (id: string) => (await looker.call<Node>("GET", `/admin/nodes/${id}`)).body;
  const asked = async (id: string) => {
    expect((await keeper.call("POST", `/admin/nodes/${id}/ask`)).status).toBe(200);
    return opened(id);
  };
  const configuration = async (id: string): Promise<WingsConfig> =>
    parse((await keeper.call<{ text: string }>("POST", `/admin/nodes/${id}/configuration`)).body.text);
  const running = async (given: object = {}) => {
    const id = await made(given);
    daemon.config = await configuration(id);
    return id;
  };
  const remote = (
    config: Pick<WingsConfig, "token_id" | "token">,
    method = "GET",
    target = "/servers",
    body?: unknown,
  ) =>
    panel.call<{ errors?: { status: string; detail: string }[] }>(method, `/remote${target}`, body, headersOf(config));

  return {
    panel,
    keeper,
    looker,
    sql,
    add,
    made,
    opened,
    asked,
    configuration,
    running,
    remote,
    /** Before each test: the daemon that nodes are at from then on. */
    async started(): Promise<Wings> {
      daemon = await startWings({ panel: panel.call });
      return daemon;
    },
  };
}
