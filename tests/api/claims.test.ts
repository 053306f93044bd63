/** Whose a zone is, where nobody is trusted: what proves it is asked of a real recursor and real name servers. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { runJobs } from "../support/jobs.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { freePort, type PowerDnsServer, startPowerDns } from "../support/powerdns.ts";
import {
  type Authority,
  type Recursor,
  recursorAvailable,
  startAuthority,
  startRecursor,
} from "../support/recursor.ts";
import { unmasked } from "../support/unmasked.ts";

const missing = recursorAvailable();
if (missing) console.warn(`\nNOT TESTED: claims. ${missing}\n`);

interface Claim {
  state: string;
  txt: { name: string; value: string; found: string };
  delegation: { nameservers: string[]; found: string } | null;
  endsAt: number;
}
interface Checked {
  zone: { id: string; status: string; statusMessage: string };
  claim: Claim | null;
  message: string;
}

describe.skipIf(missing && process.env.CI !== "true")("claims", () => {
  let parents: Authority;
  let children: Authority;
  let recursor: Recursor;
  let powerdns: PowerDnsServer;
  let panel: Panel;
  let owner: Person;
  let rival: Person;
  let root: Person;
  let setSetting: typeof import("#lib/settings/settings.ts").setSetting;
  let sql: (text: string, ...values: unknown[]) => Record<string, unknown>[];
  let sequence = 0;
  const acme = "/organisations/acme/dns/zones";
  const other = "/organisations/rival/dns/zones";
  /** Delegations and records of the world, by the parent. */
  let world: string[] = [];

  beforeAll(async () => {
    const port = await freePort();
    [parents, children, powerdns] = await Promise.all([
      startAuthority("127.0.0.31", port),
      startAuthority("127.0.0.32", port),
      startPowerDns(),
    ]);
    recursor = await startRecursor({
      "parents.example": `127.0.0.31:${port}`,
      "child.parents.example": `127.0.0.32:${port}`,
    });
    panel = await startPanel({
      POWERDNS_API_URL: powerdns.apiUrl,
      POWERDNS_API_KEY: powerdns.apiKey,
      POWERDNS_NAMESERVERS: "ns1.host.example,ns2.host.example,ns3.host.example,ns4.host.example",
      RESOLVER: recursor.address,
      NAMESERVER_PORT: String(port),
      NAMESERVER_NETWORKS: "127.0.0.31,127.0.0.32",
    });
    const { db } = await import("#db/client.ts");
    ({ setSetting } = await import("#lib/settings/settings.ts"));
    sql = (text, ...values) => {
      const statement = db().$client.prepare(text);
      if (statement.reader) return statement.all(...values) as Record<string, unknown>[];
      statement.run(...values);
      return [];
    };
    owner = await panel.person("Owner");
    rival = await panel.person("Rival");
    root = await panel.person("Root", "root");
    await owner.call("POST", "/organisations", { name: "Acme", handle: "acme" });
    await rival.call("POST", "/organisations", { name: "Rival Incorporated", handle: "rival" });
    await publish([]);
  });
  afterAll(async () => {
    await panel?.close();
    await Promise.all([parents, children, powerdns, recursor].map((server) => server?.stop()));
  });
  beforeEach(() => {
    sql("delete from attempts");
    setSetting("claims.delegation", "distinct");
  });

  /** What the parent zone holds besides itself. */
  async function publish(lines: string[]): Promise<void> {
    world = lines;
    await parents.zone("parents.example.", [
      "parents.example. SOA ns.parents.example. h.parents.example. 1 60 60 60 0",
      "parents.example. NS ns.parents.example.",
      "ns.parents.example. A 127.0.0.31",
      "child.parents.example. NS ns.child.parents.example.",
      "ns.child.parents.example. A 127.0.0.32",
      ...lines,
    ]);
  }
  const alsoPublish = (...lines: string[]) => publish([...world, ...lines]);
  const newName = () => `name${++sequence}.parents.example`;
  const ask = (who: Person, at: string, name: string, connection = "powerdns") =>
    who.call<{ id: string; status: string; statusMessage: string; code: string; message: string }>("POST", at, {
      name,
      connection,
    });
  const claimOf = async (who: Person, at: string, name: string) =>
    (await who.call<Claim>("GET", `${at}/${name}/claim`)).body;
  const check = (who: Person, at: string, name: string) => who.call<Checked>("POST", `${at}/${name}/claim/check`);
  const atProvider = async (name: string) =>
    (
      await fetch(`${powerdns.apiUrl}/api/v1/servers/localhost/zones/${name}.`, {
        headers: { "X-API-Key": powerdns.apiKey },
      })
    ).status;

  test("a zone waits, nothing is made, and nothing can be written", async () => {
    const name = newName();
    const asked = await ask(owner, acme, name);
    expect(asked).toMatchObject({
      status: 201,
      body: { status: "pending", statusMessage: "Waiting for proof that this domain is yours.", level: "full" },
    });
    expect(await atProvider(name)).not.toBe(200);
    const record = { name: "www", type: "A", ttl: 60, content: "192.0.2.1" };
    expect((await owner.call("POST", `${acme}/${name}/records`, record)).status).toBe(409);
    expect(await owner.call("GET", `${acme}/${name}`)).toMatchObject({ body: { claim: { state: "pending" } } });
    expect((await ask(owner, acme, name)).status).toBe(409);
  });

  test("a TXT record proves it, for the claim that it was made for, and the zone is made", async () => {
    const name = newName();
    await ask(owner, acme, name);
    await ask(rival, other, name);
    const [mine, theirs] = [await claimOf(owner, acme, name), await claimOf(rival, other, name)];
    expect(mine.txt.name).toBe(`_zonegate.${name}.`);
    expect(mine.txt.value).not.toBe(theirs.txt.value);
    expect(await check(owner, acme, name)).toMatchObject({
      body: { zone: { status: "pending" }, claim: { txt: { found: "There is no TXT record at this name yet." } } },
    });
    await alsoPublish(`_zonegate.${name}. TXT "${mine.txt.value}"`, `_zonegate.${name}. TXT "v=other"`);
    expect(await check(rival, other, name)).toMatchObject({
      body: { zone: { status: "pending" }, claim: { txt: { found: expect.stringContaining("another value") } } },
    });
    expect(await check(owner, acme, name)).toMatchObject({ body: { zone: { status: "active" }, claim: null } });
    expect(await atProvider(name)).toBe(200);
    expect(await owner.call("GET", `${acme}/${name}/changes`)).toMatchObject({
      body: { items: [{ kind: "create", state: "applied", actor: { id: owner.id } }] },
    });
    expect(sql("select after from audit_log where target_label = ? and after like '%granted%'", `${name}.`)).toEqual([
      { after: '{"granted":"txt"}' },
    ]);
    // Even with a proof of its own the other comes too late, and is not told whose it is.
    await alsoPublish(`_zonegate.${name}. TXT "${theirs.txt.value}"`);
    const late = await check(rival, other, name);
    expect(late).toMatchObject({ status: 409, body: { message: expect.stringContaining("is taken") } });
    expect(JSON.stringify(late.body)).not.toMatch(/acme/i);
    expect(await rival.call("GET", `${other}/${name}`)).toMatchObject({
      body: { status: "error", claim: { state: "taken" } },
    });
    expect((await rival.call("DELETE", `${other}/${name}/claim`)).status).toBe(200);
    expect((await rival.call("GET", `${other}/${name}`)).status).toBe(404);
  });

  test("a zone that waited begins with what was asked for, as whoever asked for it", async () => {
    const template = await owner.call<{ id: string }>("POST", "/organisations/acme/dns/templates", {
      name: "First",
      records: "www A 192.0.2.80",
    });
    const [filled, copied] = [newName(), newName()];
    const begin = (name: string, first: object) =>
      owner.call<{ firstRecords: object }>("POST", acme, { name, connection: "powerdns", ...first });
    const asked = await begin(filled, { template: template.body.id });
    expect(asked).toMatchObject({ status: 201, body: { status: "pending", firstRecords: { state: "waiting" } } });
    const prove = async (name: string) => {
      const { txt } = await claimOf(owner, acme, name);
      await alsoPublish(`_zonegate.${name}. TXT "${txt.value}"`);
      expect(await check(owner, acme, name)).toMatchObject({ body: { zone: { status: "active" } } });
      await runJobs();
    };
    const found = async (name: string) =>
      (await owner.call<{ items: { content: string }[] }>("GET", `${acme}/${name}/records?q=www`)).body.items.map(
        ({ content }) => content,
      );
    await prove(filled);
    expect(await found(filled)).toEqual(["192.0.2.80"]);
    expect(await owner.call("GET", `${acme}/${filled}/changes`)).toMatchObject({
      body: { items: [{ kind: "change", actor: { id: owner.id } }, { kind: "create" }] },
    });

    await begin(copied, { clone: filled });
    await prove(copied);
    expect(await found(copied)).toEqual(["192.0.2.80"]);

    // Somebody has edited the zone before: what they made of it stays, and the history says what was left out.
    const edited = newName();
    await begin(edited, { template: template.body.id });
    const { txt } = await claimOf(owner, acme, edited);
    await alsoPublish(`_zonegate.${edited}. TXT "${txt.value}"`);
    expect(await check(owner, acme, edited)).toMatchObject({ body: { zone: { status: "active" } } });
    const own = { name: "www", type: "A", ttl: 60, content: "192.0.2.99" };
    expect((await owner.call("POST", `${acme}/${edited}/records`, own)).status).toBe(201);
    await runJobs();
    expect(await found(edited)).toEqual(["192.0.2.99"]);
    expect(await owner.call("GET", `${acme}/${edited}/changes`)).toMatchObject({
      body: {
        items: [
          {
            state: "not_applied",
            actor: { id: owner.id },
            message: "The zone had been changed before its first records came, so they were left out.",
            plan: [{ kind: "update", type: "A" }],
          },
          { state: "applied" },
          { kind: "create" },
        ],
      },
    });
    expect(told(edited)).toEqual([
      expect.stringContaining("It is made now"),
      expect.stringContaining("it had been changed before they came"),
    ]);

    // What is gone by then is said, and the zone is there all the same.
    const late = newName();
    await begin(late, { template: template.body.id });
    await owner.call("DELETE", `/organisations/acme/dns/templates/${template.body.id}`);
    await prove(late);
    expect(await owner.call("GET", `${acme}/${late}`)).toMatchObject({
      body: {
        statusMessage: expect.stringMatching(
          /^The zone was made without its first records: There is no such template. /,
        ),
      },
    });
  });

  test("the file of a bundle waits with its zone: imported once control is proved, and not where it is refused", async () => {
    interface Bundle {
      batch: string;
      items: { name: string; state: string; message: string }[];
    }
    const [mine, lost] = [newName(), newName()];
    const base = "/organisations/acme/dns";
    const { body } = await owner.call<Bundle>("POST", `${base}/import`, {
      mode: "merge",
      create: true,
      connection: "powerdns",
      zones: [mine, lost].map((name) => ({ name, text: "www 60 IN A 192.0.2.70\n" })),
    });
    await runJobs();
    expect((await owner.call("POST", `${base}/imports/${body.batch}/apply`, {})).status).toBe(200);
    await runJobs();
    const states = async () =>
      (await owner.call<Bundle>("GET", `${base}/imports/${body.batch}`)).body.items.map(({ name, state, message }) => [
        name.split(".")[0],
        state,
        message,
      ]);
    const waiting = "The zone waits for proof that the domain is yours. Its file is imported as soon as that is shown.";
    const label = (name: string) => name.split(".")[0];
    expect(await states()).toEqual([
      [label(mine), "waiting", waiting],
      [label(lost), "waiting", waiting],
    ]);
    // The sweep of files that nothing speaks for leaves them.
    const { sweepImports } = await import("#lib/dns/transfer/import-job.ts");
    await sweepImports.run({}, { retryAt: 0, signal: new AbortController().signal });

    const { txt } = await claimOf(owner, acme, mine);
    await alsoPublish(`_zonegate.${mine}. TXT "${txt.value}"`);
    expect(await check(owner, acme, mine)).toMatchObject({ body: { zone: { status: "active" } } });
    await runJobs();
    expect(await owner.call("GET", `${acme}/${mine}/records?q=www`)).toMatchObject({
      body: { items: [{ content: "192.0.2.70" }] },
    });
    const [refused] = sql("select id from zones where name = ?", `${lost}.`);
    expect((await root.call("POST", `/dns/claims/${refused?.id}/refuse`, { reason: "Not yours." })).status).toBe(200);
    expect(await states()).toEqual([
      [label(mine), "done", ""],
      [label(lost), "failed", expect.stringContaining("nothing was imported: Refused by staff: Not yours.")],
    ]);
  });

  test("it is asked where the parent delegates", async () => {
    const name = "child.parents.example";
    await ask(owner, acme, name);
    const { txt } = await claimOf(owner, acme, name);
    const zone = ["SOA ns.child.parents.example. h.parents.example. 1 60 60 60 0", "NS ns.child.parents.example."];
    await children.zone(`${name}.`, [...zone.map((line) => `${name}. ${line}`), `${txt.name} TXT "${txt.value}"`]);
    expect(await check(owner, acme, name)).toMatchObject({ body: { zone: { status: "active" } } });
  });

  test("an alias, a wildcard, or the name beside proves nothing", async () => {
    const name = newName();
    await ask(owner, acme, name);
    const { txt } = await claimOf(owner, acme, name);
    await alsoPublish(
      `_zonegate.${name}. CNAME elsewhere.parents.example.`,
      `elsewhere.parents.example. TXT "${txt.value}"`,
    );
    expect(await check(owner, acme, name)).toMatchObject({
      body: { zone: { status: "pending" }, claim: { txt: { found: expect.stringContaining("CNAME") } } },
    });
  });

  describe("a delegation", () => {
    const delegate = (name: string, servers: string[]) => alsoPublish(...servers.map((host) => `${name}. NS ${host}`));

    test("to the name servers that it was assigned proves it, and the zone has those", async () => {
      const name = newName();
      await ask(owner, acme, name);
      const { delegation } = await claimOf(owner, acme, name);
      expect(delegation?.nameservers).toHaveLength(2);
      expect(await check(owner, acme, name)).toMatchObject({
        body: { claim: { delegation: { found: "The domain is not delegated yet." } } },
      });
      await delegate(name, delegation?.nameservers ?? []);
      expect(await check(owner, acme, name)).toMatchObject({ body: { zone: { status: "active" } } });
      expect((await powerdns.query(name, "NS")).toSorted()).toEqual(
        delegation?.nameservers.map((host) => host.replace(/\.$/, "")),
      );
    });

    test("that was there before proves nothing: the domain may be somebody's who came with it", async () => {
      const name = newName();
      await ask(owner, acme, name);
      const { delegation } = await claimOf(owner, acme, name);
      await delegate(name, delegation?.nameservers ?? []);
      expect(await check(owner, acme, name)).toMatchObject({
        body: { zone: { status: "pending" }, claim: { delegation: { found: expect.stringContaining("already") } } },
      });
    });

    test("to other name servers of the panel proves nothing, and no two claims are assigned the same", async () => {
      const name = newName();
      await ask(owner, acme, name);
      await ask(rival, other, name);
      const [mine, theirs] = [await claimOf(owner, acme, name), await claimOf(rival, other, name)];
      expect(mine.delegation?.nameservers).not.toEqual(theirs.delegation?.nameservers);
      await check(rival, other, name);
      await delegate(name, mine.delegation?.nameservers ?? []);
      expect(await check(rival, other, name)).toMatchObject({ body: { zone: { status: "pending" } } });
    });

    test("with name servers that all share, it counts for nobody while two ask", async () => {
      setSetting("claims.delegation", "any");
      const name = newName();
      await ask(owner, acme, name);
      await ask(rival, other, name);
      await Promise.all([check(owner, acme, name), check(rival, other, name)]);
      const all = [1, 2, 3, 4].map((n) => `ns${n}.host.example.`);
      expect((await claimOf(owner, acme, name)).delegation?.nameservers).toEqual(all);
      await delegate(name, all);
      expect(await check(rival, other, name)).toMatchObject({
        body: {
          zone: { status: "pending" },
          claim: { delegation: { found: expect.stringContaining("Somebody else") } },
        },
      });
      await owner.call("DELETE", `${acme}/${name}/claim`);
      expect(await check(rival, other, name)).toMatchObject({ body: { zone: { status: "active" } } });
    });
  });

  test("the panel looks by itself, less and less often, as whoever asked may still have it", async () => {
    const name = newName();
    await ask(owner, acme, name);
    await runJobs();
    const [first] = sql(
      "select checks, due_at - checked_at as wait, txt from zone_claims c join zones z on z.id = c.zone_id where z.name = ?",
      `${name}.`,
    );
    expect(first).toMatchObject({ checks: 1, wait: 60_000 });
    await alsoPublish(`_zonegate.${name}. TXT "${first?.txt}"`);
    const again = async () => {
      sql("update zone_claims set due_at = 0");
      sql("update jobs set due_at = 0, state = 'queued' where kind = 'dns.claims'");
      await (await import("#lib/dns/claims/check.ts")).laterLooks.run(
        {},
        {
          retryAt: 0,
          signal: new AbortController().signal,
        },
      );
    };
    sql("update organisation_members set role = 'member' where user_id = ?", owner.id);
    await again();
    expect(sql("select status, status_message from zones where name = ?", `${name}.`)).toEqual([
      { status: "pending", status_message: expect.stringContaining("may no longer add zones") },
    ]);
    sql("update organisation_members set role = 'owner' where user_id = ?", owner.id);
    await again();
    expect(await owner.call("GET", `${acme}/${name}`)).toMatchObject({ body: { status: "active", claim: null } });
    expect(
      sql("select actor_id, action from audit_log where target_label = ? and after like '%granted%'", `${name}.`),
    ).toEqual([{ actor_id: owner.id, action: "dns.proveClaim" }]);
  });

  /** The mails to who asked for it. */
  const told = (name: string) =>
    sql("select text from mails where user_id = ? and subject like ? || ' %'", owner.id, name).map(({ text }) => text);

  test("it ends after seven days, and can be asked for again", async () => {
    const name = newName();
    await ask(owner, acme, name);
    const { endsAt, txt } = await claimOf(owner, acme, name);
    expect(endsAt - Date.now()).toBeGreaterThan(6.9 * 86_400_000);
    sql("update zone_claims set ends_at = 1, due_at = 1 where txt = ?", txt.value);
    await alsoPublish(`${txt.name} TXT "${txt.value}"`);
    expect(await check(owner, acme, name)).toMatchObject({
      body: { zone: { status: "error" }, claim: { state: "expired" } },
    });
    expect((await check(owner, acme, name)).status).toBe(409);
    expect(told(name)).toEqual([expect.stringContaining("Control was not proved within 7 days.")]);
    expect((await ask(owner, acme, name)).status).toBe(201);
    expect((await claimOf(owner, acme, name)).txt.value).not.toBe(txt.value);
  });

  test("staff see who waits, approve and refuse; nobody else does", async () => {
    const [yes, no] = [newName(), newName()];
    const asked = [await ask(owner, acme, yes), await ask(owner, acme, no)].map(({ body }) => body.id);
    const staff = await panel.person("Zone staff", ["dns:manage"]);
    for (const who of [owner, rival]) {
      expect((await who.call("GET", "/dns/claims")).status).toBe(403);
      expect((await who.call("POST", `/dns/claims/${asked[0]}/approve`)).status).toBe(403);
    }
    expect(await unmasked(panel, staff).call("GET", `/dns/claims?q=${yes}`)).toMatchObject({
      body: { total: 1, items: [{ id: asked[0], claimedBy: owner.email, organisation: { handle: "acme" } }] },
    });
    expect(JSON.stringify((await staff.call("GET", `/dns/claims?q=${yes}`)).body)).not.toContain(owner.email);
    expect((await staff.call("POST", `/dns/claims/${asked[0]}/approve`)).status).toBe(200);
    expect(await atProvider(yes)).toBe(200);
    expect((await staff.call("POST", `/dns/claims/${asked[0]}/approve`)).status).toBe(404);
    expect((await staff.call("POST", `/dns/claims/${asked[1]}/refuse`, { reason: "Not yours." })).status).toBe(200);
    expect(await owner.call("GET", `${acme}/${no}`)).toMatchObject({
      body: { status: "error", statusMessage: "Refused by staff: Not yours.", claim: { state: "refused" } },
    });
    expect((await check(owner, acme, no)).status).toBe(409);
    expect(told(yes)).toEqual([expect.stringContaining("It is made now")]);
    expect(told(no)).toEqual([expect.stringContaining("no longer waits: Refused by staff: Not yours.")]);
    // Their own creation counts as approved.
    expect((await ask(staff, acme, newName())).status).toBe(404);
    expect(await ask(root, acme, newName())).toMatchObject({ status: 201, body: { status: "active" } });
  });

  test("pending claims reserve nothing, at, above or below; a zone at the connection stops the proof", async () => {
    const name = newName();
    await ask(owner, acme, name);
    expect((await ask(rival, other, `below.${name}`)).status).toBe(201);
    expect(await ask(root, other, name)).toMatchObject({ status: 201, body: { status: "active" } });
    const { txt } = await claimOf(owner, acme, name);
    await alsoPublish(`${txt.name} TXT "${txt.value}"`);
    expect((await check(owner, acme, name)).status).toBe(409);
    expect(await owner.call("GET", `${acme}/${name}`)).toMatchObject({ body: { claim: { state: "taken" } } });
  });

  test("of two that prove it at once one has it", async () => {
    const name = newName();
    await Promise.all([ask(owner, acme, name, "local"), ask(rival, other, name, "local")]);
    const values = [await claimOf(owner, acme, name), await claimOf(rival, other, name)].map(({ txt }) => txt.value);
    await alsoPublish(...values.map((value) => `_zonegate.${name}. TXT "${value}"`));
    const answers = await Promise.all([check(owner, acme, name), check(rival, other, name)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    expect(sql("select count(*) as n from zones where name = ? and reserved = 1", `${name}.`)).toEqual([{ n: 1 }]);
  });

  test("a provider that is away leaves the claim waiting, and the next look makes the zone", async () => {
    const name = newName();
    await ask(owner, acme, name);
    const { txt } = await claimOf(owner, acme, name);
    await alsoPublish(`${txt.name} TXT "${txt.value}"`);
    powerdns.kill();
    expect((await check(owner, acme, name)).status).toBe(502);
    expect(await owner.call("GET", `${acme}/${name}`)).toMatchObject({
      body: { status: "pending", claim: { state: "pending" } },
    });
    await powerdns.restart();
    expect(await check(owner, acme, name)).toMatchObject({ body: { zone: { status: "active" } } });
  });

  test("checking is limited", async () => {
    const name = newName();
    await ask(owner, acme, name);
    const answers = [];
    for (let n = 0; n < 8; n += 1) answers.push((await check(owner, acme, name)).status);
    expect(answers.slice(0, 6)).toEqual(Array.from({ length: 6 }, () => 200));
    expect(answers.at(-1)).toBe(429);
  });

  test("suffixes of one's own are what staff say they are", async () => {
    expect((await ask(owner, acme, "example.ck", "local")).status).toBe(422);
    setSetting("claims.private_suffixes", ["ck"]);
    expect((await ask(owner, acme, "example.ck", "local")).status).toBe(201);
    setSetting("claims.private_suffixes", []);
  });
});
