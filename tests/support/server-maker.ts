/** A panel with a node and an egg that people make servers of, and what is asked about them: for a file of tests. */
import { expect } from "vitest";
import { parse } from "yaml";
import { paper } from "./egg-files.ts";
import { runJobs } from "./jobs.ts";
import { type Person, startPanel } from "./panel.ts";
import { fresh, sqlOf } from "./stage.ts";
import { startWings } from "./wings.ts";

export interface Server {
  id: string;
  uuid: string;
  short: string;
  state: string;
  suspended: boolean;
  suspendedReason: string | null;
  problem: string | null;
  address: { host: string; port: number };
}
export interface Refused {
  code: string;
  message: string;
  fields: Record<string, string>;
}

const SCRIPT = 'while read line; do [ "$line" = stop ] && exit; done';

export async function startMaking() {
  const panel = await startPanel({ ALLOW_PRIVATE_NETWORKS: "127.0.0.0/8" });
  const root = await panel.person("Root", "root");
  const owner = await panel.person("Owner", ["servers:create", "org:create"]);
  const sql = await sqlOf();
  const wings = await startWings({ version: "1.13.1", panel: panel.call });
  /** With two hundred addresses. */
  async function nodeAt(port: number, given: object = {}): Promise<string> {
    const body = {
      name: `Node ${fresh()}`,
      fqdn: "127.0.0.1",
      scheme: "http",
      port,
      memory: 1_000_000,
      disk: 1_000_000,
    };
    const { id } = (await root.call<{ id: string }>("POST", "/admin/nodes", { ...body, ...given })).body;
    await root.call("POST", `/admin/nodes/${id}/allocations`, { ip: "192.0.2.1", ports: ["30000-30199"] });
    return id;
  }

  const asking = (given: object = {}) => ({
    name: `Server ${fresh()}`,
    egg,
    node,
    memory: 512,
    disk: 1024,
    cpu: 50,
    ...given,
  });
  const make = (person: Person, given: object = {}) =>
    person.call<{ id: string; short: string } & Refused>("POST", "/servers", asking(given));
  const look = async (id: string, person = owner) => (await person.call<Server>("GET", `/servers/${id}`)).body;
  const row = (id: string) => sql.get<Record<string, unknown>>("select * from servers where id = ?", id);
  const jobs = (kind: string) =>
    sql.all<{ state: string; attempts: number }>("select state, attempts from jobs where kind = ?", kind);
  const again = () => sql.run("update jobs set due_at = 0 where kind like 'servers.%' or kind like 'wings.%'");
  const settled = async () => {
    await runJobs();
    await wings.settled();
  };

  /** The node has something of theirs, as an open console. */
  async function holding(id: string, ...people: Person[]): Promise<void> {
    const { handOut } = await import("#lib/servers/holders.ts");
    for (const person of people) handOut({ id }, person.id, "console", false);
  }

  async function ready(person = owner, given: object = {}): Promise<Server> {
    const { status, body } = await make(person, { start: false, ...given });
    expect(status, JSON.stringify(body)).toBe(201);
    await settled();
    const server = await look(body.id, person);
    expect(server.state).toBe("ready");
    return server;
  }

  const node = await nodeAt(wings.port);
  wings.config = parse((await root.call<{ text: string }>("POST", `/admin/nodes/${node}/configuration`)).body.text);
  expect((await root.call("POST", `/admin/nodes/${node}/ask`)).status).toBe(200);
  const text = JSON.stringify({
    ...paper,
    startup: `echo ')! For help, type "'; ${SCRIPT}`,
    scripts: { installation: { script: "echo there > /mnt/server/installed.txt", container: "i:1", entrypoint: "sh" } },
  });
  const egg = (await root.call<{ id: string }>("POST", "/admin/eggs/import", { text })).body.id;
  const { setSetting } = await import("#lib/settings/settings.ts");
  setSetting("limits.servers_per_account", 100);
  setSetting("limits.memory_per_account", 1_000_000);
  setSetting("limits.disk_per_account", 1_000_000);
  setSetting("limits.cpu_per_account", 10_000);
  return {
    panel,
    root,
    owner,
    sql,
    wings,
    node,
    egg,
    nodeAt,
    asking,
    make,
    look,
    row,
    jobs,
    again,
    settled,
    holding,
    ready,
    /** Before each test: the node answers. */
    rested: () => void Object.assign(wings, { broken: null, only: null, drops: false, failsInstalls: false }),
    async close() {
      await wings.close();
      await panel.close();
    },
  };
}
