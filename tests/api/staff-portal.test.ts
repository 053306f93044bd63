/** The Staff Portal as a whole: its registry, lists by key, privacy mode, files, single fields and the search over everything. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { insertServer, type Sql, sqlOf } from "../support/stage.ts";
import { unmasked } from "../support/unmasked.ts";

interface Row {
  id: string;
  name: string;
  email: string;
  createdAt: number;
  suspended: boolean;
}

interface Part {
  items: Row[];
  total: number;
  capped: boolean;
  sorted: boolean;
  previous: string | null;
  next: string | null;
}

let panel: Panel;
let sql: Sql;
let reader: Person;

beforeAll(async () => {
  panel = await startPanel();
  sql = await sqlOf();
  reader = unmasked(panel, await panel.person("Reader of everything", ["users:read"]));
});
afterAll(() => panel.close());

const ask = async (query: Record<string, string>, as = reader): Promise<Part> => {
  const answer = await as.call<Part>("GET", `/admin/users?${new URLSearchParams(query)}`);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body;
};

/** Every part from one end to the other. */
async function walk(query: Record<string, string>, way: "next" | "previous"): Promise<Row[]> {
  const rows: Row[] = [];
  for (let at = way === "next" ? undefined : "last"; ; ) {
    const part: Part = await ask({ ...query, ...(at === undefined ? {} : { at }) });
    if (way === "next") rows.push(...part.items);
    else rows.unshift(...part.items);
    const further = part[way];
    if (further === null) return rows;
    at = further;
  }
}

describe("the registry", () => {
  test("each tab's procedures are there, take a list's input, and ask for just what opens the tab", async () => {
    const { allTabs } = await import("#lib/staff/tabs.ts");
    const { procedureAt } = await import("#lib/staff/loading.ts");
    for (const tab of allTabs) {
      const named = [tab.list, ...(tab.file ? [tab.file] : []), ...(tab.open ? [tab.open.procedure] : [])];
      for (const path of named) {
        const { meta } = (await procedureAt(path))["~orpc"];
        expect(meta, `${tab.id}: ${path}`).toMatchObject({ guard: "staff" });
        expect((meta as { argument: string }).argument.split(" or ").toSorted(), `${tab.id}: ${path}`).toEqual(
          [...tab.permissions].toSorted(),
        );
      }
    }
  });

  test("one sees the tabs that one may open, in order; whoever opens none is no staff", async () => {
    const { allTabs } = await import("#lib/staff/tabs.ts");
    for (const tab of allTabs) {
      const person = await panel.person(`Only ${tab.id}`, [tab.permissions[0]]);
      const { status, body } = await person.call<{ items: { id: string }[] }>("GET", "/admin/tabs");
      expect(status, tab.id).toBe(200);
      expect(body.items.map(({ id }) => id)).toEqual(
        allTabs.filter(({ permissions }) => permissions.some((one) => one === tab.permissions[0])).map(({ id }) => id),
      );
      expect((await person.call<{ staff: boolean }>("GET", "/account")).body.staff).toBe(true);
    }
    const root = await panel.person("Root of tabs", "root");
    const all = (await root.call<{ items: { id: string }[] }>("GET", "/admin/tabs")).body.items;
    expect(all.map(({ id }) => id)).toEqual(allTabs.map(({ id }) => id));
    const nobody = await panel.person("No staff");
    for (const path of ["/admin/tabs", "/admin/search?q=reader", "/admin/tabs/users/csv"])
      expect((await nobody.call("GET", path)).status, path).toBe(403);
  });
});

describe("a long list", () => {
  const people: { id: string; name: string; email: string; createdAt: number; suspended: boolean }[] = [];

  beforeAll(() => {
    // Many of one moment and of one name, so that the order of equals counts too.
    for (let n = 0; n < 60; n++) {
      const row = {
        id: `keyed-${String(n).padStart(3, "0")}`,
        name: `Keyed ${["Ada", "Bea", "ada", "Émile"][n % 4]}`,
        email: `keyed.${(n * 37) % 60}@${n % 3 === 0 ? "harbour" : "meadow"}.example`,
        createdAt: 1000 + Math.floor(n / 7),
        suspended: n % 5 === 0,
      };
      people.push(row);
      insert(row);
    }
  });

  const insert = (row: { id: string; name: string; email: string; createdAt: number; suspended: boolean }) =>
    sql.run(
      "insert into users (id, name, email, suspended_at, created_at, updated_at) values (?, ?, ?, ?, ?, 0)",
      row.id,
      row.name,
      row.email,
      row.suspended ? 1 : null,
      row.createdAt,
    );

  test("is the same from both ends, in parts of any size, as sorting and filtering it in one go", async () => {
    const columns = ["name", "email", "createdAt"] as const;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...columns),
        fc.boolean(),
        fc.constantFrom("keyed", "keyed.1", "HARBOUR", "ke", "d Ada", "émile", "nothing like it"),
        fc.constantFrom("", "suspended", "active"),
        fc.integer({ min: 1, max: 25 }),
        async (column, descending, q, status, perPage) => {
          const query = { q, sort: `${descending ? "-" : ""}${column}`, status, perPage: String(perPage) };
          if (status === "") delete (query as Partial<typeof query>).status;
          const wanted = people.filter(
            (row) =>
              (q.length < 3
                ? row.email.startsWith(q) || row.name.toLowerCase().startsWith(q)
                : `${row.email}\n${row.name}`.toLowerCase().includes(q.toLowerCase())) &&
              (status === "" || row.suspended === (status === "suspended")),
          );
          const key = (row: (typeof people)[number]) => row[column];
          const forth = await walk(query, "next");
          expect(forth.map(({ id }) => id).toSorted()).toEqual(wanted.map(({ id }) => id).toSorted());
          for (const [place, row] of forth.entries()) {
            const before = forth[place - 1];
            if (!before) continue;
            const [a, b] = [key(before), key(row)];
            expect(descending ? a >= b : a <= b, `${a} then ${b}`).toBe(true);
          }
          expect(await walk(query, "previous")).toEqual(forth);
          expect(await ask(query)).toMatchObject({ total: wanted.length, capped: false, sorted: true });
        },
      ),
      { numRuns: 60 },
    );
  });

  test("more than can be sorted come newest first, all of them and once", async () => {
    sql.run(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < 1200)
       insert into users (id, name, email, created_at, updated_at)
       select 'swarm-' || i, 'Swarm', 'swarm.' || i || '@hive.example', i, 0 from n`,
    );
    const first = await ask({ q: "@hive.example", sort: "email", perPage: "200" });
    expect(first).toMatchObject({ sorted: false, previous: null });
    expect(first.total).toBeGreaterThanOrEqual(1000);
    const forth = await walk({ q: "@hive.example", sort: "email", perPage: "200" }, "next");
    expect(forth.map(({ id }) => id)).toEqual(Array.from({ length: 1200 }, (_, i) => `swarm-${1200 - i}`));
    expect(await walk({ q: "@hive.example", sort: "email", perPage: "200" }, "previous")).toEqual(forth);
    expect((await ask({ q: "swarm.77@", sort: "email" })).items.map(({ email }) => email)).toEqual([
      "swarm.77@hive.example",
    ]);
  });

  test("what was renamed or deleted is found so", async () => {
    insert({ id: "moved", name: "Before", email: "before@moved.example", createdAt: 1, suspended: false });
    expect((await ask({ q: "before@moved" })).total).toBe(1);
    sql.run("update users set name = 'After', email = 'after@moved.example' where id = 'moved'");
    expect((await ask({ q: "before@moved" })).total).toBe(0);
    expect((await ask({ q: "after@moved" })).total).toBe(1);
    sql.run("delete from users where id = 'moved'");
    expect((await ask({ q: "after@moved" })).total).toBe(0);
    expect(sql.all("select n from search_keys where id = 'moved'")).toEqual([]);
  });

  test.each([
    ["at=after:nonsense", "at"],
    ["at=before:WyJhIl0", "at"],
    ["at=first", "at"],
    ["sort=password_hash", "sort"],
    ["perPage=201", "perPage"],
    ["status=rich", "status"],
  ])("%s is refused at its field", async (query, field) => {
    const answer = await reader.call<{ fields: Record<string, string> }>("GET", `/admin/users?${query}`);
    expect(answer.status).toBe(422);
    expect(Object.keys(answer.body.fields)).toEqual([field]);
  });

  test("signs of the search's own language are nothing special", async () => {
    for (const q of ['"', '" OR "', "NEAR(a b)", "*", "user_text:", "%%%", "___", "\\\\\\"])
      expect((await ask({ q })).total, q).toBe(0);
  });
});

test("what no text can have is looked for nowhere", async () => {
  const root = await panel.person("Root who looks", "root");
  const { allTabs } = await import("#lib/staff/tabs.ts");
  const { procedureAt } = await import("#lib/staff/loading.ts");
  const lists = await Promise.all(
    allTabs.map(async ({ list }) => {
      const { route, inputSchema } = (await procedureAt(list))["~orpc"];
      return { path: route.path, searched: "q" in ((inputSchema as { shape?: object } | undefined)?.shape ?? {}) };
    }),
  );
  const searched = lists.filter((one) => one.searched).map(({ path }) => `${path}?`);
  expect(searched.length).toBeGreaterThan(10);
  for (const path of [...searched, "/admin/logs?view=errors&", "/admin/search?", "/admin/tokens?", "/organisations?"])
    for (const q of ["abc%00d", "%00%00%00%00"])
      expect((await root.call("GET", `${path}q=${q}`)).status, path).toBe(422);
});

describe("privacy mode", () => {
  const privately = /jane|goodall|primates/i;
  let jane: Person;
  let masked: Person;
  const visits = (id: string) =>
    sql.all<{ n: number }>("select 1 as n from audit_log where action = 'staff.privacy' and actor_id = ?", id).length;

  beforeAll(async () => {
    jane = await panel.person("Jane Goodall of primates");
    masked = await panel.person("Masked reader", ["users:read", "admin:user:edit"]);
  });

  test("hides names and addresses in lists, rows, files and search, unless the session went visible", async () => {
    const paths = [
      "/admin/users?q=jane.goodall",
      `/admin/users/${jane.id}`,
      "/admin/search?q=goodall",
      `/admin/tabs/users/csv?query=${encodeURIComponent("q=jane.goodall")}`,
    ];
    for (const path of paths) {
      const hidden = await masked.call("GET", path);
      expect(hidden.status, path).toBe(200);
      expect(JSON.stringify(hidden.body), path).toContain("j•••@e•••.org");
      expect(JSON.stringify(hidden.body), path).not.toMatch(privately);
      const shown = await unmasked(panel, masked).call("GET", path);
      expect(JSON.stringify(shown.body), path).toContain("jane.goodall.of.primates@example.org");
    }
    expect(JSON.stringify((await masked.call("GET", paths[0] ?? "")).body)).not.toMatch(privately);
  });

  test("hides them in what names the next part of a list", async () => {
    for (const sort of ["email", "-name"]) {
      const { next } = await ask({ q: "primates", sort, perPage: "1" }, masked);
      expect(next ?? "none", sort).toBe("none");
      const first = await ask({ sort, perPage: "1" }, masked);
      const second = await ask({ sort, perPage: "1", at: first.next ?? "" }, masked);
      expect(second.items[0]?.id).not.toBe(first.items[0]?.id);
      const row = await ask({ sort, perPage: "1", at: first.next ?? "" });
      for (const place of [first.next, second.next, second.previous]) {
        const told = Buffer.from(String(place).split(":")[1] ?? "", "base64url").toString("latin1");
        expect(told, sort).not.toContain(row.items[0]?.email.slice(0, 4));
        expect(told, sort).not.toContain(row.items[0]?.name.slice(0, 4));
      }
    }
    const { next } = await ask({ sort: "email", perPage: "1" }, masked);
    const changed = `${next?.slice(0, -4)}AAAA`;
    expect((await masked.call("GET", `/admin/users?sort=email&at=${changed}`)).status).toBe(422);
  });

  test("hides whose a token is and where it is used, and what the log says of names and addresses", async () => {
    const made = await jane.call("POST", "/account/tokens", {
      name: "Of hers",
      mode: "full",
      networks: ["198.51.100.7"],
    });
    expect(made.status).toBe(201);
    sql.run("update tokens set last_used_at = 1, last_used_address = '198.51.100.7' where user_id = ?", jane.id);
    await jane.call("PATCH", "/account", { name: "Jane Goodall of the primates" });
    const logs = await panel.person("Masked log reader", ["logs:read"]);
    const entry = (action: string) => {
      const row = sql.get<{ n: number }>(
        "select rowid as n from audit_log where action = ? and actor_id = ?",
        action,
        jane.id,
      );
      return `/admin/logs/audit.${row?.n}`;
    };
    for (const [as, path, secret] of [
      [masked, "/admin/tokens?q=of hers", /jane|goodall|198\.51\.100/i],
      [masked, `/admin/users/${jane.id}/tokens`, /198\.51\.100/],
      [logs, entry("tokens.create"), /jane|goodall|198\.51\.100/i],
      [logs, entry("users.rename"), /jane|goodall|primates/i],
    ] as const) {
      const hidden = await as.call("GET", path);
      expect(hidden.status, path).toBe(200);
      expect(JSON.stringify(hidden.body), path).not.toMatch(secret);
      expect(JSON.stringify((await unmasked(panel, as).call("GET", path)).body), path).toMatch(secret);
    }
  });

  test("hides who made a backup and ran a schedule of a server, and whom a mail server speaks of", async () => {
    const { id: organisation } = (
      await jane.call<{ id: string }>("POST", "/organisations", { name: "Gombe", handle: "gombe" })
    ).body;
    const server = insertServer(sql, organisation);
    sql.run(
      `insert into server_backups (id, uuid, server_id, node_id, adapter, name, state, created_by, created_at)
       select 'b', 'b', id, node_id, 'wings', 'Nightly', 'done', ?, 0 from servers where id = ?`,
      jane.id,
      server,
    );
    sql.run(
      "insert into server_schedules (id, server_id, name, cron, timezone, created_at, updated_at) values ('s', ?, 's', '0 0 * * *', 'UTC', 0, 0)",
      server,
    );
    const by = `${jane.email} (token zg_abc)`;
    sql.run(
      "insert into schedule_runs (id, schedule_id, steps, state, by_label, started_at) values ('r', 's', '[]', 'done', ?, 1)",
      by,
    );
    const answer = `550 <${jane.email}>: user unknown`;
    sql.run(
      `insert into mails (id, template, recipient, subject, text, status, message_id, answer, created_at, due_at)
       values ('m', 'reset', 'office@example.net', 'Subject', 'Text', 'failed', 'm', ?, 0, 0)`,
      answer,
    );
    const keeper = await panel.person("Masked keeper", ["backups:read", "schedules:read", "admin:outbound-emails"]);
    const inside = `/servers/${server}`;
    for (const [path, shown, hidden] of [
      [`${inside}/backups`, '"createdBy":"Jane Goodall of', '"createdBy":"J••• G••• o•••'],
      [`${inside}/schedules/s/runs`, by, "j•••@e•••.org (token zg_abc)"],
      ["/admin/outbound-emails?q=office@example.net", answer, "550 <j•••@e•••.org>: user unknown"],
      ["/admin/outbound-emails/m", answer, "550 <j•••@e•••.org>: user unknown"],
    ] as const) {
      const said = async (as: Person) => JSON.stringify((await as.call("GET", path)).body);
      expect(await said(keeper), path).toContain(hidden);
      expect(await said(keeper), path).not.toMatch(/goodall/i);
      expect(await said(unmasked(panel, keeper)), path).toContain(shown);
      if (path.startsWith(inside)) expect(await said(jane), path).toContain(shown);
    }
  });

  test("going visible is noted once a session, and only of those who may see something", async () => {
    const staff = await panel.person("Goes visible", ["users:read"]);
    expect(visits(staff.id)).toBe(0);
    await staff.call("GET", "/admin/users");
    expect(visits(staff.id)).toBe(0);
    for (let n = 0; n < 3; n++) await unmasked(panel, staff).call("GET", "/admin/users");
    expect(visits(staff.id)).toBe(1);
    const nobody = await panel.person("Goes nowhere");
    await unmasked(panel, nobody).call("GET", "/account");
    expect(visits(nobody.id)).toBe(0);
  });

  test("another word in the cookie is no word", async () => {
    for (const value of ["true", "Visible", "hidden", ""]) {
      const cookie = `${masked.cookie}; eclipanel_admin_privacy=${value}`;
      const answer = await panel.call("GET", `/admin/users/${jane.id}`, undefined, { cookie });
      expect(JSON.stringify(answer.body), value).not.toMatch(privately);
    }
  });

  test("a single field is revealed, and that is noted with which it was", async () => {
    const body = { id: jane.id, field: "email" };
    const answer = await masked.call<{ value: string }>("POST", "/admin/tabs/users/reveal", body);
    expect(answer.body).toEqual({ value: jane.email });
    expect(
      sql.get("select target_id, after from audit_log where action = 'staff.reveal' and actor_id = ?", masked.id),
    ).toEqual({ target_id: jane.id, after: JSON.stringify({ revealed: "email" }) });
    expect(JSON.stringify((await masked.call("GET", `/admin/users/${jane.id}`)).body)).not.toMatch(privately);
    for (const field of ["id", "roles", "passwordHash", "__proto__", "constructor.name", "email.length", ""])
      expect((await masked.call("POST", "/admin/tabs/users/reveal", { id: jane.id, field })).status, field).toBe(422);
    expect((await masked.call("POST", "/admin/tabs/users/reveal", { id: "nobody", field: "email" })).status).toBe(404);
    const other = await panel.person("Of another tab", ["admin:metrics"]);
    expect((await other.call("POST", "/admin/tabs/users/reveal", body)).status).toBe(404);
    expect((await other.call("GET", "/admin/tabs/users/csv")).status).toBe(404);
  });

  test("what people see of themselves is not masked", async () => {
    expect((await masked.call<{ email: string }>("GET", "/account")).body.email).toBe(masked.email);
  });
});

describe("the file of a tab", () => {
  test("has every row of the filter, a column a field, and no formula", async () => {
    const rows = 430;
    sql.run(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${rows})
       insert into users (id, name, email, created_at, updated_at)
       select 'csv-' || i, '=HYPERLINK("http://evil.example", "' || i || '")', 'csv.' || i || '@file.example', i, 0 from n`,
    );
    const path = `/admin/tabs/users/csv?query=${encodeURIComponent("tab=users&q=@file.example&sort=createdAt&open=x&at=last")}`;
    const { status, body, headers } = await reader.call<string>("GET", path);
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(headers.get("content-disposition")).toBe('attachment; filename="users.csv"');
    const lines = String(body).trimEnd().split("\r\n");
    expect(lines[0]).toBe("id,name,email,suspended,deleting,verified,roles,createdAt");
    expect(lines).toHaveLength(rows + 1);
    expect(new Set(lines.slice(1).map((line) => line.split(",")[0])).size).toBe(rows);
    expect(lines[1]).toContain(`"'=HYPERLINK(""http://evil.example"", ""1"")"`);
    for (const line of lines) expect(line).not.toMatch(/(^|,)"?[=+@-]/);
  });

  test("is there for every tab, with what its filters find", async () => {
    const { allTabs } = await import("#lib/staff/tabs.ts");
    const all = await panel.person("Root of every file", "root");
    const fileOf = async (tab: string, query = "") => {
      const { status, body } = await all.call<string>(
        "GET",
        `/admin/tabs/${tab}/csv?${new URLSearchParams({ query })}`,
      );
      expect([tab, status]).toEqual([tab, 200]);
      return String(body).trimEnd().split("\r\n");
    };
    for (const { id } of allTabs) expect((await fileOf(id))[0]?.split(",").length, id).toBeGreaterThan(3);
    expect((await all.call("POST", "/admin/rollouts", { key: "records.density", share: 2500 })).status).toBe(201);
    const [names = "", rollout = ""] = await fileOf("rollouts");
    expect(rollout.split(",")[names.split(",").indexOf("key")]).toBe("records.density");
    const [titles = "", ...settings] = await fileOf("settings");
    expect(titles).toBe("key,group,title,help,control,value,byDefault,changedAt");
    expect(settings.find((line) => line.startsWith("feature.registration,"))).toMatch(/,false,false,$/);
    const [figures = "", ...day] = await fileOf("metrics", "range=24h");
    expect(figures).toMatch(/^at,requests,failures,p50,/);
    expect(day).toHaveLength(360);
    expect(Number(day.at(-1)?.split(",")[0]) - Number(day[0]?.split(",")[0])).toBe(359 * 240_000);
    expect(await fileOf("metrics", "range=7d")).toHaveLength(337);
  });

  test("is not begun for whoever may not have it, and ends when they may not any more", async () => {
    const { tokenOf } = await import("../support/token.ts");
    const staff = await panel.person("Reads slowly", ["users:read", "deletions:write", "apikeys:create"]);
    const token = await tokenOf(panel, staff, { mode: "full" });
    // The tab has nothing for tokens.
    expect((await token.call("GET", "/admin/tabs/deletions/csv")).status).toBe(403);
    const { handleApi } = await import("#lib/api/http.ts");
    sql.run(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < 2000)
       insert into users (id, name, email, created_at, updated_at) select 'slow-' || i, 'S', i || '@slow.example', i, 0 from n`,
    );
    const answer = await handleApi(
      new Request("http://localhost:3000/api/admin/tabs/users/csv?query=q%3D%40slow.example", {
        headers: { cookie: staff.cookie },
      }),
    );
    const parts = answer.body?.getReader();
    expect((await parts?.read())?.done).toBe(false);
    const root = await panel.person("Root of files", "root");
    await root.call("POST", `/admin/users/${staff.id}/suspend`, { reason: "Takes files" });
    const rest = async () => {
      while (!(await parts?.read())?.done);
    };
    await expect(rest()).rejects.toThrow("may not act any more");
  });

  test("is noted with what was asked and whether it was masked", async () => {
    const staff = await panel.person("Takes files", ["users:read"]);
    await staff.call("GET", "/admin/tabs/users/csv?query=status%3Dsuspended");
    expect(
      sql.get("select target_id, after from audit_log where action = 'staff.csv' and actor_id = ?", staff.id),
    ).toEqual({ target_id: "users", after: JSON.stringify({ query: { status: "suspended" }, privacy: "hidden" }) });
    const query = new URLSearchParams([["q", "jane.goodall@primates.example"]]);
    await staff.call("GET", `/admin/tabs/users/csv?${new URLSearchParams({ query: query.toString() })}`);
    const clerk = await panel.person("Reads the logs", ["logs:read"]);
    const { items } = (await clerk.call<{ items: { id: string }[] }>("GET", "/admin/logs?action=staff.csv&perPage=1"))
      .body;
    const entry = (await clerk.call<{ after: string }>("GET", `/admin/logs/${items[0]?.id}`)).body;
    expect(entry.after, "who was looked for is hidden as well").toMatch(/"q":"j•••@p•••.example"/);
  });
});

describe("the search over everything", () => {
  interface Hits {
    users?: { email: string }[];
    organisations?: { handle: string }[];
    zones?: { name: string }[];
  }

  test("tells each kind only to whoever may open its tab", async () => {
    const root = unmasked(panel, await panel.person("Root of search", "root"));
    const { body: organisation } = await root.call<{ id: string }>("POST", "/organisations", {
      name: "Kestrel Works",
      handle: "kestrel",
    });
    await root.call("POST", `/organisations/${organisation.id}/dns/zones`, { name: "kestrel.example" });
    const person = await panel.person("Kestrel Keeper");
    const find = async (grants: string[]) =>
      (
        await unmasked(panel, await panel.person(`Finds ${grants.join(" ").replaceAll(":", "-")}`, grants)).call<Hits>(
          "GET",
          "/admin/search?q=kestrel",
        )
      ).body;
    const users = [{ id: person.id, name: "Kestrel Keeper", email: person.email }];
    const organisations = [{ id: organisation.id, handle: "kestrel", name: "Kestrel Works" }];
    expect(await find(["users:read"])).toEqual({ users });
    expect(await find(["org:read", "admin:metrics"])).toEqual({ organisations });
    expect(await find(["dns:read"])).toMatchObject({ zones: [{ name: "kestrel.example." }] });
    expect(await find(["admin:settings"])).toEqual({});
    expect((await root.call<Hits>("GET", "/admin/search?q=kestrel")).body).toMatchObject({ users, organisations });
  });

  test("what is it comes first, then what begins with it, then the rest; eight at most", async () => {
    const at = (name: string, email: string, n: number) =>
      sql.run(
        "insert into users (id, name, email, created_at, updated_at) values (?, ?, ?, ?, 0)",
        `rank-${n}`,
        name,
        email,
        n,
      );
    for (let n = 0; n < 12; n++) at("Somebody else", `x${n}.osprey@example.net`, n);
    at("Osprey Watcher", "watcher@example.net", 20);
    at("Exact", "osprey@example.net", 21);
    const hits = (await reader.call<Hits>("GET", "/admin/search?q=osprey@example.net")).body.users ?? [];
    expect(hits[0]?.email).toBe("osprey@example.net");
    const wide = (await reader.call<Hits>("GET", "/admin/search?q=osprey")).body.users ?? [];
    expect(wide).toHaveLength(8);
    expect(
      wide
        .slice(0, 2)
        .map(({ email }) => email)
        .toSorted(),
    ).toEqual(["osprey@example.net", "watcher@example.net"]);
    const short = (await reader.call<Hits>("GET", "/admin/search?q=os")).body.users ?? [];
    expect(short.map(({ email }) => email).toSorted()).toEqual(["osprey@example.net", "watcher@example.net"]);
    expect((await reader.call<Hits>("GET", "/admin/search?q=")).body).toEqual({});
    expect((await reader.call<Hits>("GET", "/admin/search?q=rank-20")).body.users?.[0]?.email).toBe(
      "watcher@example.net",
    );
  });
});
