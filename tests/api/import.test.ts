import fs, { readdirSync } from "node:fs";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { runJobs } from "../support/jobs.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";

const acme = "/organisations/acme/dns/zones";
const zone = `${acme}/files.example`;

let panel: Panel;
let root: Person;
let member: Person;

type Opened = (error: NodeJS.ErrnoException | null, fd: number) => void;

interface Planned {
  code: string;
  message: string;
  plan: { kind: string; name: string; type: string; after: { ttl: number; records: { content: string }[] } | null }[];
  records: { created: number; updated: number; deleted: number };
  refused: { name: string; reason: string }[];
  errors: { line?: number; message: string }[];
  warnings: { code: string; message: string }[];
  lines: { line: number; column: number; reason: string }[];
  fields: Record<string, string>;
  import: Row;
  state: string;
  change: string;
}

interface Row {
  id: string;
  state: string;
  message: string;
  progress: number;
  preview: { records: { created: number }; plan: unknown[]; cut: { plan?: number } } | null;
  change: string | null;
  lines: unknown[];
}

beforeAll(async () => {
  panel = await startPanel();
  root = await panel.person("Root", "root");
  member = await panel.person("Member");
  expect((await root.call("POST", "/organisations", { name: "Acme", handle: "acme" })).status).toBe(201);
  expect((await root.call("POST", acme, { name: "files.example", connection: "local" })).status).toBe(201);
  await root.call("POST", "/organisations/acme/members", { email: member.email, role: "member" });
});
afterAll(() => panel?.close());

const send = (body: object, who = root) => who.call<Planned>("POST", `${zone}/import`, body);
/** As a file: the other fields stand in the query. */
async function upload(text: string, query: string, who = root) {
  const { cookie } = who;
  return panel.call<Planned>("POST", `${zone}/import?${query}`, text, { cookie, "content-type": "text/dns" });
}
async function exported(who = root): Promise<string> {
  const { handleApi } = await import("#lib/api/http.ts");
  const answer = await handleApi(
    new Request(`http://localhost:3000/api${zone}/export`, { headers: { cookie: who.cookie } }),
  );
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-disposition")).toBe('attachment; filename="files.example.zone"');
  return answer.text();
}
const contents = async (name: string) =>
  (await root.call<{ items: { content: string }[] }>("GET", `${zone}/records?q=${name}`)).body.items.map(
    ({ content }) => content,
  );

const FILE = `$TTL 1h
@ IN SOA ns.old.example. hostmaster.old.example. 2026010101 7200 3600 1209600 300
@ NS ns.old.example.
@ 300 MX 10 mail
mail A 192.0.2.25
www  A 192.0.2.80
     A 192.0.2.81
_dmarc TXT "v=DMARC1; p=none"
`;

describe("a small file", () => {
  test("is planned without what makes the zone this zone, says so, and writes nothing", async () => {
    const planned = await send({ text: FILE, mode: "merge", dryRun: true });
    expect(planned).toMatchObject({
      status: 200,
      body: { records: { created: 5, updated: 0, deleted: 0 }, errors: [] },
    });
    expect(planned.body.warnings.filter(({ code }) => code === "apex_kept").map(({ message }) => message)).toEqual([
      "The SOA of the apex is left out; the zone keeps its own.",
      "The NS of the apex is left out; the zone keeps its own.",
    ]);
    expect(await contents("www")).toEqual([]);
  });

  test("merged adds to what is there and takes nothing away; imported again it does nothing", async () => {
    await root.call("POST", `${zone}/records`, { name: "www", type: "A", ttl: 3600, content: "192.0.2.99" });
    const done = await upload(FILE, "mode=merge");
    expect(done).toMatchObject({ status: 200, body: { state: "applied" } });
    expect(await contents("www")).toEqual(["192.0.2.80", "192.0.2.81", "192.0.2.99"]);
    expect((await upload(FILE, "mode=merge")).body).toMatchObject({ change: null, message: "Nothing to change." });
  });

  test("what is exported imports to the same zone, whole", async () => {
    const text = await exported();
    for (const apex of [true, false]) {
      const same = await send({ text, mode: "replace", apex, dryRun: true });
      expect(same.body.plan).toEqual([]);
    }
    expect(text).toMatch(/^; files\.example, revision \d+\n; Zonegate 1: .+\n\$ORIGIN files\.example\.\n/);
  });

  test("replacing removes what the file does not have, but for the apex, and asks for a confirmation", async () => {
    const rrsets = Array.from({ length: 12 }, (_, index) => ({
      name: `old${index}`,
      type: "A",
      ttl: 60,
      records: [{ content: "192.0.2.1" }],
    }));
    await root.call("POST", `${zone}/changes`, { rrsets });
    const braked = await send({ text: FILE, mode: "replace" });
    expect(braked).toMatchObject({ status: 409, body: { code: "confirm_required" } });
    const done = await send({ text: FILE, mode: "replace", confirm: true });
    expect(done).toMatchObject({ status: 200, body: { state: "applied" } });
    expect(await contents("old")).toEqual([]);
    expect(await contents("www")).toEqual(["192.0.2.80", "192.0.2.81"]);
    expect((await contents("@")).join(" ")).not.toContain("old.example");
    expect((await root.call<{ total: number }>("GET", `${zone}/records?type=NS`)).body.total).toBeGreaterThan(0);
  });

  test("with the apex, SOA and name servers come along, but the serial does not go back", async () => {
    const before = (await root.call<{ serial: number }>("GET", zone)).body.serial;
    const done = await send({ text: FILE.replace("2026010101", "1"), mode: "merge", apex: true, confirm: true });
    expect(done).toMatchObject({ status: 200, body: { state: "applied" } });
    expect(
      (await root.call<{ items: { content: string }[] }>("GET", `${zone}/records?type=SOA`)).body.items,
    ).toMatchObject([{ content: `ns.old.example. hostmaster.old.example. ${before + 1} 7200 3600 1209600 300` }]);
  });

  test("that cannot be read is refused with line, column and reason, and nothing of it is imported", async () => {
    const bad = await send({ text: "ok A 192.0.2.1\nwww A 192.0.2.256\n$INCLUDE other\n", mode: "merge" });
    expect(bad.status).toBe(422);
    expect(bad.body.lines.map(({ line }) => line)).toEqual([2, 3]);
    expect(bad.body.message).toMatch(/^2 lines of the file cannot be read\. Line 2, column \d+: /);
    expect(await contents("ok")).toEqual([]);
  });

  test("that breaks a rule says in which line", async () => {
    const text = "alias CNAME www\nalias A 192.0.2.1\n";
    const planned = await send({ text, mode: "merge", dryRun: true });
    expect(planned.body.errors.map(({ line }) => line)).toEqual([2, 1]);
    const refused = await send({ text, mode: "merge" });
    expect(refused.status).toBe(422);
    expect(Object.keys(refused.body.fields).toSorted()).toEqual(["lines.1", "lines.2"]);
  });
});

describe("who may", () => {
  test("is decided record by record: view sees a plan and imports nothing", async () => {
    const text = "fresh A 192.0.2.7\n";
    const planned = await send({ text, mode: "merge", dryRun: true }, member);
    expect(planned).toMatchObject({ status: 200, body: { refused: [{ name: "fresh.files.example." }] } });
    expect((await send({ text, mode: "merge" }, member)).status).toBe(403);
    await root.call("PUT", `${zone}/permissions/${member.id}`, { level: "edit" });
    expect((await send({ text, mode: "merge" }, member)).status).toBe(200);
    // Replacing deletes, and that takes more.
    expect((await send({ text, mode: "replace", confirm: true }, member)).status).toBe(403);
    expect((await send({ text: FILE.replace("7200", "7201"), mode: "merge", apex: true }, member)).status).toBe(403);
  });

  test("nobody sends files without an account, and nothing is left of one that was refused", async () => {
    const nobody = await panel.call("POST", `${zone}/import?mode=merge`, FILE, { "content-type": "text/dns" });
    expect(nobody.status).toBe(401);
    const stranger = await panel.person("Stranger");
    expect((await upload(FILE, "mode=merge", stranger)).status).toBe(404);
    expect((await upload("x".repeat(20_000_001), "mode=merge")).status).toBe(413);
    expect(readdirSync(path.join(panel.dataDir, "imports"))).toEqual([]);
  });

  test("nothing is left of a file that breaks off before the disk has made it", async () => {
    const { handleApi } = await import("#lib/api/http.ts");
    const { open } = fs;
    const opened = Promise.withResolvers<void>();
    const slowly = vi.spyOn(fs, "open").mockImplementation(((
      file: string,
      flags: string,
      mode: number,
      done: Opened,
    ) => {
      setTimeout(
        () =>
          open(file, flags, mode, (error, fd) => {
            done(error, fd);
            opened.resolve();
          }),
        20,
      );
    }) as never);
    try {
      const request = new Request(`http://localhost:3000/api${zone}/import?mode=merge`, {
        method: "POST",
        headers: { cookie: root.cookie, origin: "http://localhost:3000", "content-type": "text/dns" },
        body: new ReadableStream({ pull: (body) => body.error(new Error("broken off")) }),
        duplex: "half",
      } as RequestInit);
      expect((await handleApi(request)).status).toBeGreaterThanOrEqual(400);
      expect(slowly).toHaveBeenCalledOnce();
    } finally {
      slowly.mockRestore();
    }
    await opened.promise;
    expect(readdirSync(path.join(panel.dataDir, "imports"))).toEqual([]);
  });

  test("an export is noted", async () => {
    const { db } = await import("#db/client.ts");
    await exported(member);
    const noted = db()
      .$client.prepare(
        "select actor_id, target_label from audit_log where action = 'dns.exportFile' order by at desc, id desc",
      )
      .get();
    expect(noted).toEqual({ actor_id: member.id, target_label: "files.example." });
  });
});

describe("a large file", () => {
  const COUNT = 6_000;
  const PADDING = "padding".repeat(22);
  const large = (address: string) =>
    Array.from(
      { length: COUNT },
      (_, index) => `host-${String(index).padStart(6, "0")} 300 IN A ${address} ; ${PADDING}\n`,
    ).join("");
  const row = async (id: string) => (await root.call<Row>("GET", `${zone}/imports/${id}`)).body;

  test("becomes a job: planned, seen by who brought it alone, applied once, and gone from the disk", async () => {
    const sent = await upload(large("192.0.2.1"), "mode=merge&dryRun=true");
    expect(sent).toMatchObject({ status: 202, body: { import: { state: "planning" } } });
    const { id } = sent.body.import;
    await runJobs();
    const planned = await row(id);
    expect(planned).toMatchObject({
      state: "planned",
      preview: { records: { created: COUNT }, cut: { plan: COUNT - 200 } },
    });
    expect((await member.call("GET", `${zone}/imports/${id}`)).status).toBe(404);
    expect((await member.call("POST", `${zone}/imports/${id}/apply`, {})).status).toBe(404);

    expect((await root.call<Row>("POST", `${zone}/imports/${id}/apply`, {})).body.state).toBe("applying");
    expect((await root.call("POST", `${zone}/imports/${id}/apply`, {})).status).toBe(409);
    await runJobs();
    expect(await row(id)).toMatchObject({ state: "done", change: expect.any(String) });
    expect((await root.call<{ total: number }>("GET", `${zone}/records?type=A`)).body.total).toBeGreaterThan(COUNT);
    expect(readdirSync(path.join(panel.dataDir, "imports"))).toEqual([]);
  });

  test("is not applied to a zone that has moved since its plan was made", async () => {
    const { id } = (await upload(large("192.0.2.2"), "mode=merge&dryRun=true")).body.import;
    await runJobs();
    await root.call("POST", `${zone}/records`, { name: "between", type: "A", ttl: 60, content: "192.0.2.3" });
    await root.call("POST", `${zone}/imports/${id}/apply`, { confirm: true });
    await runJobs();
    expect(await row(id)).toMatchObject({ state: "failed", change: null });
    expect(await contents("host-000001")).toEqual(["192.0.2.1"]);
  });

  test("three of somebody's wait in a zone, also of those that come at once, and nothing is left of the others", async () => {
    const text = large("192.0.2.4");
    const sent = await Promise.all(Array.from({ length: 6 }, () => send({ text, mode: "merge", dryRun: true })));
    expect(sent.map(({ status }) => status).toSorted()).toEqual([202, 202, 202, 409, 409, 409]);
    expect(readdirSync(path.join(panel.dataDir, "imports"))).toHaveLength(3);
    for (const { body } of sent)
      if (body.import) await root.call("POST", `${zone}/imports/${body.import.id}/cancel`, {});
    await runJobs();
  });

  test("cancelled too late is said to have gone in, by what the journal says", async () => {
    const post = Worker.prototype.postMessage;
    const begun = Promise.withResolvers<void>();
    // It is at its last step when it is told to stop.
    const told = vi.spyOn(Worker.prototype, "postMessage").mockImplementation(function (
      this: Worker,
      message,
      ...rest
    ) {
      const { task, stop } = message as { task?: string; stop?: boolean };
      if (task === "change") begun.resolve();
      if (!stop) post.call(this, message, ...rest);
    });
    const { id } = (await upload(large("192.0.2.44"), "mode=merge&confirm=true")).body.import;
    const running = runJobs();
    await begun.promise;
    const answer = await root.call<Row>("POST", `${zone}/imports/${id}/cancel`, {});
    await running;
    told.mockRestore();
    expect(await contents("host-000001")).toContain("192.0.2.44");
    const { items } = (await root.call<{ items: { id: string; state: string }[] }>("GET", `${zone}/changes`)).body;
    expect(items[0]).toMatchObject({ state: "applied" });
    for (const said of [answer.body, await row(id)])
      expect(said).toMatchObject({
        state: "done",
        change: items[0]?.id,
        message: expect.stringContaining("had gone in"),
      });
  });

  test("so is one whose panel stopped before it could say so", async () => {
    const { db, transaction } = await import("#db/client.ts");
    const { importJob } = await import("#lib/dns/transfer/import-job.ts");
    const { id } = (await upload(large("192.0.2.45"), "mode=merge&confirm=true")).body.import;
    await runJobs();
    expect(await row(id)).toMatchObject({ state: "done" });
    db().$client.prepare("update zone_imports set state = 'cancelled', change_id = null where id = ?").run(id);
    transaction((tx) => importJob.enqueue(tx, { import: id }));
    await runJobs();
    expect(await row(id)).toMatchObject({ state: "done", change: expect.any(String) });
  });

  test("cancelled is over", async () => {
    const { id } = (await upload(large("192.0.2.2"), "mode=merge&dryRun=true")).body.import;
    expect((await root.call<Row>("POST", `${zone}/imports/${id}/cancel`, {})).body.state).toBe("cancelled");
    await runJobs();
    expect((await row(id)).state).toBe("cancelled");
    expect((await root.call("POST", `${zone}/imports/${id}/cancel`, {})).status).toBe(409);
  });
});

describe("files that are slow on their way", () => {
  const waiting = async (person: Person) => {
    const { handleApi } = await import("#lib/api/http.ts");
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const answer = handleApi(
      new Request(`http://localhost:3000/api${zone}/import?mode=merge&dryRun=true`, {
        method: "POST",
        headers: { cookie: person.cookie, origin: "http://localhost:3000", "content-type": "text/dns" },
        body: readable,
        duplex: "half",
      } as RequestInit),
    );
    const writer = writable.getWriter();
    await writer.write(new TextEncoder().encode("slow A 192.0.2.1\n"));
    return { answer, end: () => writer.close() };
  };
  const download = async (person: Person) => {
    const { handleApi } = await import("#lib/api/http.ts");
    return handleApi(new Request(`http://localhost:3000/api${zone}/export`, { headers: { cookie: person.cookie } }));
  };

  test("an account sends two at once, and keeps nobody else from sending theirs", async () => {
    const slow = [await waiting(root), await waiting(root)];
    const small = "small A 192.0.2.1\n";
    expect(await upload(small, "mode=merge&dryRun=true")).toMatchObject({
      status: 429,
      body: { code: "rate_limited" },
    });
    expect(await upload(small, "mode=merge&dryRun=true", member)).toMatchObject({ status: 200 });
    for (const one of slow) {
      await one.end();
      expect((await one.answer).status).toBe(200);
    }
    expect(await upload(small, "mode=merge&dryRun=true")).toMatchObject({ status: 200 });
  });

  test("an account has three downloads open that it does not read, and one that it read or left counts no more", async () => {
    const open = [await download(root), await download(root), await download(root)];
    expect(open.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await download(root)).status).toBe(429);
    const other = await download(member);
    expect(other.status).toBe(200);
    await open[0]?.body?.cancel();
    const next = await download(root);
    expect(next.status).toBe(200);
    await next.text();
    const last = await download(root);
    expect(last.status).toBe(200);
    for (const one of [...open.slice(1), last, other]) await one.body?.cancel();
  });
});
