/** Searching long lists: rows that are about accounts, and what nothing rare narrows, are found whole, in parts of any size. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { type Sql, sqlOf } from "../support/stage.ts";
import { unmasked } from "../support/unmasked.ts";

interface Row {
  id: string;
  user: string | null;
  state: string;
  text: string;
}
interface Part {
  items: { id: string }[];
  total: number;
  capped: boolean;
  sorted: boolean;
  previous: string | null;
  next: string | null;
}

let panel: Panel;
let sql: Sql;
let root: Person;

/** More than are looked at for one answer. */
const MANY = 4_500;
/** So many of the oldest begin with letters that no other does: there are more than can be sorted, and the newest are looked at first. */
const OLD = 1_100;

beforeAll(async () => {
  panel = await startPanel();
  sql = await sqlOf();
  root = unmasked(panel, await panel.person("Reader of everything", "root"));
  sql.run(
    `insert into users (id, name, email, suspended_at, email_verified_at, deletion_due_at, created_at, updated_at)
     with recursive n (i) as (select 1 union all select i + 1 from n where i < ?)
     select printf('acc-%05d', i), case i % 5 when 0 then 'Ada ' else 'Bo ' end || i,
       case when i <= ? then 'zz.' when i % 3 = 0 then 'cy.' else 'ad.' end || i || '@hive.example',
       case when i % 400 = 1 then 1 end, case when i % 7 then 1 end, case when i % 3 = 2 then 9e15 end, i, i from n`,
    MANY,
    OLD,
  );
  sql.run(
    `insert into deletions (id, user_id, asked_by, choices, state, created_at, chosen_at, due_at)
     select 'd-' || id, id, 'self', '[]', case when rowid % 500 = 7 then 'done' else 'waiting' end, created_at, 0, created_at % 90
     from users where id like 'acc-%'`,
  );
  sql.run(
    `insert into export_jobs (id, user_id, state, size, created_at)
     select 'e-' || id, id, case when rowid % 300 = 7 then 'failed' else 'ready' end, created_at % 11, created_at
     from users where id like 'acc-%'`,
  );
  sql.run(
    `insert into feedback (id, user_id, release, rating, message, status, created_at, updated_at)
     select 'f-' || id, id, '1', 1 + created_at % 5, case when created_at % 50 = 3 then 'Where is the Harbour?' else '' end,
       case when rowid % 300 = 7 then 'planned' else 'new' end, created_at, 0
     from users where id like 'acc-%'`,
  );
});
afterAll(() => panel.close());

const accounts = () =>
  sql.all<{ id: string; email: string; name: string; suspended: number | null; verified: number | null }>(
    "select id, email, name, suspended_at as suspended, email_verified_at as verified from users",
  );

async function ask(path: string, query: Record<string, string>): Promise<Part> {
  const answer = await root.call<Part>("GET", `/admin/${path}?${new URLSearchParams(query)}`);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body;
}

/** Every part from one end to the other. */
async function walk(path: string, query: Record<string, string>, way: "next" | "previous"): Promise<string[]> {
  const ids: string[] = [];
  for (let at = way === "next" ? undefined : "last"; ; ) {
    const part: Part = await ask(path, { ...query, ...(at === undefined ? {} : { at }) });
    const some = part.items.map(({ id }) => id);
    if (way === "next") ids.push(...some);
    else ids.unshift(...some);
    const further = part[way];
    if (further === null) return ids;
    at = further;
  }
}

describe.each([
  ["deletions", "deletions", "state", "''", ["dueAt", "createdAt"], ["done", "waiting"]],
  ["export-jobs", "export_jobs", "state", "''", ["createdAt", "size"], ["failed", "ready"]],
  ["feedback", "feedback", "status", "message", ["createdAt", "rating"], ["planned", "new"]],
] as const)("%s", (path, table, state, words, sorts, states) => {
  const rows = () =>
    sql.all<Row>(
      `select t.id, t.user_id as user, t.${state} as state, u.email || char(10) || u.name || char(10) || ${words} as text
       from ${table} t left join users u on u.id = t.user_id`,
    );
  const matches = (row: Row, q: string) =>
    q.length < 3
      ? (row.text ?? "")
          .split("\n")
          .slice(0, 2)
          .some((line) => line.toLowerCase().startsWith(q.toLowerCase()))
      : (row.text ?? "").toLowerCase().includes(q.toLowerCase());

  test("are found by the account they are about, whatever else is asked for, all of them and once", async () => {
    const all = rows();
    expect(all.length).toBeGreaterThanOrEqual(MANY);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("hive.example", "ad.12", "zz", "ada 3", "AD", "cy", "b", "harbour", "nobody like it"),
        fc.constantFrom("", ...states),
        fc.constantFrom(...sorts.flatMap((sort) => [sort, `-${sort}`])),
        async (q, filter, sort) => {
          const query = { q, sort, perPage: "200", ...(filter === "" ? {} : { [state]: filter }) };
          const wanted = all.filter((row) => matches(row, q) && (filter === "" || row.state === filter));
          const forth = await walk(path, query, "next");
          expect(forth.toSorted()).toEqual(wanted.map(({ id }) => id).toSorted());
          expect(await walk(path, query, "previous")).toEqual(forth);
          const first = await ask(path, query);
          if (first.items.length === 0 && wanted.length > 0) expect(first).toMatchObject({ capped: true });
          if (!first.capped) expect(first.total).toBe(wanted.length);
          else expect(first.total).toBeLessThanOrEqual(wanted.length);
        },
      ),
      {
        numRuns: 6,
        examples: [
          ["zz", "", sorts[0]],
          ["zz", "", `-${sorts[1]}`],
          ["zz", "", `-${sorts[0]}`],
        ],
      },
    );
  });

  test("an account that is called otherwise since is found so; of one that is gone nothing says whose it was", async () => {
    const [id, other] = ["acc-03011", "acc-03012"];
    sql.run("update users set email = ?, name = 'Quite other' where id = ?", `renamed.${table}@new.example`, id);
    const found = async (q: string) => (await ask(path, { q })).items.map((item) => item.id);
    expect(await found(`renamed.${table}`)).toEqual([`${table[0]}-${id}`]);
    expect(await found("ad.3011@hive")).toEqual([]);
    expect(await found(id)).toEqual([]);
    sql.run("update users set email = 'ad.3011@hive.example', name = 'Bo 3011' where id = ?", id);
    expect(await found("cy.3012@hive")).toEqual([`${table[0]}-${other}`]);
    const { transaction } = await import("#db/client.ts");
    const undone = new Error("as it was");
    expect(() =>
      transaction((tx) => {
        sql.run("delete from users where id = ?", other);
        const kind = { deletions: "deletion", export_jobs: "export", feedback: "feedback" }[table];
        expect(sql.all(`select rowid from ${kind}_text where text match '"cy.3012@hive"'`)).toEqual([]);
        void tx;
        throw undone;
      }),
    ).toThrow(undone);
  });
});

describe("two letters with which many accounts begin", () => {
  test("and a rare state: all who are both, in the order that was asked for", async () => {
    const wanted = accounts().filter((one) => one.suspended !== null && /^ad/i.test(one.email));
    expect(wanted.length).toBeGreaterThan(0);
    const query = { q: "ad", status: "suspended", sort: "-email" };
    expect(await ask("users", query)).toMatchObject({ total: wanted.length, capped: false, sorted: true });
    expect(await walk("users", query, "next")).toEqual(
      wanted.toSorted((a, b) => (a.email < b.email ? 1 : -1)).map(({ id }) => id),
    );
  });

  test("and anywhere in the address, with a state that few are in", async () => {
    const wanted = accounts().filter((one) => one.verified === null && one.email.includes("@hive.example"));
    const query = { q: "@hive.example", status: "unverified", sort: "email", perPage: "200" };
    expect(await ask("users", query)).toMatchObject({ total: wanted.length, capped: false, sorted: true });
    expect((await walk("users", query, "previous")).toSorted()).toEqual(wanted.map(({ id }) => id).toSorted());
  });

  test("and what is so of most: looked at in parts, and none is left out", async () => {
    const wanted = accounts().filter(
      ({ email, id, suspended }) => /^ad/i.test(email) && suspended === null && id < "b",
    );
    const deleting = new Set(
      sql.all<{ id: string }>("select id from users where deletion_due_at is not null").map(({ id }) => id),
    );
    const active = wanted.filter(({ id }) => !deleting.has(id)).map(({ id }) => id);
    const query = { q: "ad", status: "active", perPage: "200" };
    const forth = await walk("users", query, "next");
    expect(forth.toSorted()).toEqual(active.toSorted());
    expect(await walk("users", query, "previous")).toEqual(forth);
  });
});

describe("a text of one or two characters", () => {
  test("finds what begins with it where longer ones are found anywhere, and the answer says so", async () => {
    for (const path of ["users", "deletions", "export-jobs", "feedback"]) {
      expect(await ask(path, { q: "b" }), path).toMatchObject({ short: "beginnings" });
      expect(await ask(path, { q: "bo 4" }), path).toMatchObject({ short: null });
    }
    // There the text is looked for anywhere, however short it is.
    expect(await ask("roles", { q: "r" })).toMatchObject({ short: null });
  });

  test("finds by name whoever is called like that, whatever their address is", async () => {
    const called = (few: RegExp) =>
      accounts()
        .filter(({ email, name }) => few.test(email) || few.test(name))
        .map(({ id }) => id);
    sql.run("update users set name = 'Élodie' where id in ('acc-00002', 'acc-02000')");
    expect((await walk("users", { q: "él", sort: "email" }, "next")).toSorted()).toEqual(called(/^él/i).toSorted());
    const bo = called(/^bo/i).filter((id) => id.startsWith("acc-"));
    expect(bo.length).toBeGreaterThan(OLD);
    const forth = await walk("users", { q: "bo", perPage: "200" }, "next");
    expect(forth.toSorted()).toEqual(bo.toSorted());
    expect(await walk("users", { q: "bo", perPage: "200" }, "previous")).toEqual(forth);
  });

  test("is looked for in no error, and the answer says so", async () => {
    expect(await ask("logs", { view: "errors", q: "ty" })).toMatchObject({ items: [], total: 0, short: "nothing" });
    expect(await ask("logs", { view: "errors", q: "typ" })).toMatchObject({ short: null });
    expect(await ask("logs", { view: "audit", q: "us" })).toMatchObject({ short: null });
  });
});

describe("mails", () => {
  const mails = () =>
    sql.all<{ id: string; recipient: string; subject: string; status: string }>("select * from mails");

  beforeAll(() => {
    sql.run(
      `insert into mails (id, template, recipient, subject, text, status, message_id, due_at, expires_at, created_at, user_id)
       select 'm-' || id, 'welcome', email, case when created_at % 900 = 5 then 'Ad hoc ' else 'Welcome ' end || created_at, '',
         case when created_at % 400 = 3 then 'failed' else 'sent' end, id, 0, 0, created_at, id from users where id like 'acc-%'`,
    );
  });

  test("that few begin with are found by address or subject, in any order", async () => {
    const wanted = mails().filter(
      ({ recipient, subject }) => recipient.startsWith("ad.44") || subject.startsWith("ad.44"),
    );
    expect(wanted.length).toBeGreaterThan(10);
    const query = { q: "AD.44", sort: "-recipient", perPage: "7" };
    expect(await walk("outbound-emails", query, "next")).toEqual(
      wanted.toSorted((a, b) => (a.recipient < b.recipient ? 1 : -1)).map(({ id }) => id),
    );
    expect(await ask("outbound-emails", query)).toMatchObject({ total: wanted.length, sorted: true });
    const [one] = mails().filter(({ subject }) => subject.startsWith("Ad hoc"));
    expect((await ask("outbound-emails", { q: "ad hoc" })).items.map(({ id }) => id)).toContain(one?.id);
  });

  test("that many begin with come by their address, whole from both ends, also with a status", async () => {
    for (const status of [undefined, "failed"]) {
      const wanted = mails().filter(
        (mail) => mail.recipient.startsWith("ad.") && (status === undefined || mail.status === status),
      );
      expect(wanted.length).toBeGreaterThan(0);
      const query = { q: "ad.", perPage: "200", ...(status ? { status } : {}) };
      const forth = await walk("outbound-emails", query, "next");
      expect(forth.toSorted()).toEqual(wanted.map(({ id }) => id).toSorted());
      expect(await walk("outbound-emails", query, "previous")).toEqual(forth);
    }
  });
});
