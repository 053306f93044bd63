/** Every procedure, called as everybody: the guard it has to have, what it answers, and what it leaves behind. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { fresh, type Stage, setStage } from "../support/stage.ts";
import { unmasked } from "../support/unmasked.ts";
import { mounts, procedureTable, type Row } from "./procedure-table.ts";
import { callOf, flatten, type Listed } from "./walk-calls.ts";
import { alsoAnswers, children, preparations } from "./walk-samples.ts";
import { callerOf, expectation, isToken, makeAccounts, type Standing, standings } from "./walk-standings.ts";

let panel: Panel;
let listed: Listed[];
let stage: Stage;
let other: Stage;

beforeAll(async () => {
  panel = await startPanel({ SMTP_URL: "smtp://127.0.0.1:1", MAIL_FROM: "panel@example.org" });
  const { router } = await import("#lib/api/router.ts");
  listed = flatten(router);
  stage = await setStage(panel);
  other = await setStage(panel, "203.0.113.1");
  await makeAccounts(panel, Object.values(procedureTable));
});
afterAll(() => panel.close());

describe("the table", () => {
  test("names every procedure with its guard, and nothing else", () => {
    const told = ({ guard, tokens, fresh, enrolling }: Pick<Row, "guard" | "tokens" | "fresh" | "enrolling">) => ({
      guard,
      tokens,
      fresh,
      enrolling,
    });
    expect(Object.fromEntries(listed.map((procedure) => [procedure.name, told(procedure)]))).toEqual(
      Object.fromEntries(Object.entries(procedureTable).map(([name, row]) => [name, told(row)])),
    );
  });

  test("what is not a GET either writes or says that it only reads", () => {
    const wrong = listed.filter(
      ({ name, method, reads }) => procedureTable[name]?.writes !== (method !== "GET" && !reads),
    );
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  test("no route or page of the app answers without being known", () => {
    const files = readdirSync("app", { recursive: true, encoding: "utf8" }).map((file) => path.posix.join("app", file));
    expect(files.filter((file) => file.endsWith("route.ts")).toSorted()).toEqual(mounts.toSorted());
    // A page shows what procedures give it: it asks for nothing by itself.
    for (const file of files.filter((name) => /\.(ts|tsx)$/.test(name))) {
      expect(readFileSync(file, "utf8"), file).not.toMatch(/from "(#db|drizzle-orm|better-sqlite3)/);
    }
  });

  test("the raw builder is imported by the guards and the entrance alone", () => {
    const files = readdirSync("lib", { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
    const using = files.filter((file) =>
      /from "(\.\/|#lib\/api\/)base\.ts"/.test(readFileSync(path.join("lib", file), "utf8")),
    );
    expect(using.toSorted()).toEqual(["api/guards.ts", "api/http.ts"]);
    const builders = files.filter((file) =>
      /\bos\b.*from "@orpc\/server"/.test(readFileSync(path.join("lib", file), "utf8")),
    );
    expect(builders).toEqual(["api/base.ts"]);
  });
});

describe.each(Object.entries(procedureTable))("%s", (name, expected) => {
  test.each(standings)("called by %s", (standing) =>
    undone(async () => {
      const here = { ...stage };
      const caller = callerOf(standing, here, expected);
      preparations[name]?.(here, caller);
      const call = callOn(here, name, caller);
      const audits = auditCount();
      const { answer, changed } = await watched(call);
      const told = `${name} by ${standing}: ${answer.status} ${JSON.stringify(answer.body)}`;
      const verdict = expectation(expected, standing);
      if (verdict !== 200) {
        expect(answer.status, told).toBe(verdict);
        expect(auditCount(), told).toBe(audits);
        expect(changed(), `${told}: a refused call did something`).toBe(false);
        return;
      }
      expect([200, 201, ...answersOf(name, standing)], told).toContain(answer.status);
      const wrote = (expected.writes || expected.audited === true) && answer.status < 300;
      const added = auditCount() - audits;
      expect(added > 0, `${told}: ${added} audit entries`).toBe(wrote);
      if (wrote) expect(lastAudit()).toMatchObject({ action: name, outcome: "done" });
    }),
  );
});

test("switching features off opens nothing", async () => {
  const { listSettings } = await import("#lib/settings/settings.ts");
  const flags = listSettings().flatMap(({ key }) => (key.startsWith("feature.") ? key : []));
  expect(flags.length).toBeGreaterThan(2);
  const statusWith = async (name: string, row: Row, standing: Standing, off: readonly string[]) => {
    let status = 0;
    await undone(async () => {
      const here = { ...stage };
      const caller = callerOf(standing, here, row);
      preparations[name]?.(here, caller);
      for (const flag of flags)
        stage.sql.run(
          "insert into settings (key, value, updated_at) values (?, ?, 0) on conflict (key) do update set value = excluded.value",
          flag,
          String(!off.includes(flag)),
        );
      ({ status } = await callOn(here, name, caller)());
    });
    return status;
  };
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...Object.entries(procedureTable)),
      fc.constantFrom(...standings),
      fc.subarray(flags, { minLength: 1 }),
      async ([name, row], standing, off) => {
        const [on, less] = [await statusWith(name, row, standing, []), await statusWith(name, row, standing, off)];
        expect(on < 400 || less >= 400, `${name} by ${standing}: ${on}, without ${off.join()} ${less}`).toBe(true);
      },
    ),
    { numRuns: 200 },
  );
});

/** What each feature is about, by where it is found. */
const sections: Record<string, RegExp> = {
  "feature.dns": /(^|\/)(dns|zones|guests)(\/|$)/,
  "feature.registration": /^\/registration(\/|$)/,
  "feature.short_urls": /(^|\/)short-urls(\/|$)/,
  "feature.feedback": /(^|\/)feedback(\/|$)/,
};

describe.each(Object.entries(sections))("with %s switched off", (flag, section) => {
  const switchOff = () => {
    for (const key of Object.keys(sections))
      stage.sql.run(
        "insert into settings (key, value, updated_at) values (?, ?, 0) on conflict (key) do update set value = excluded.value",
        key,
        String(key !== flag),
      );
  };
  const disabled = { status: 503, body: { code: "feature_disabled" } };

  test("each procedure of its section says so to root, and no other does", async () => {
    const says: string[] = [];
    for (const { name } of listed)
      await undone(async () => {
        const caller = callerOf("root", { ...stage }, procedureTable[name] as Row);
        switchOff();
        const { status, body } = await callOn(stage, name, caller)();
        if (status === 503 && JSON.stringify(body).includes(`"feature_disabled"`)) says.push(name);
      });
    const within = listed.filter(({ route }) => section.test(route)).map(({ name }) => name);
    expect(within.length).toBeGreaterThan(1);
    expect(says.toSorted()).toEqual(within.toSorted());
  });

  test.each(["nobody", "stranger", "permission", "owner", "full token", "right token", "guest"] as const)(
    "nothing of it is read or written by %s, however it is asked for",
    async (standing) => {
      for (const { name } of listed.filter(({ route }) => section.test(route)))
        await undone(async () => {
          const row = procedureTable[name] as Row;
          const here = { ...stage };
          const caller = callerOf(standing, here, row);
          preparations[name]?.(here, caller);
          const call = callOn(here, name, caller);
          switchOff();
          const audits = auditCount();
          const { answer, changed } = await watched(call);
          const told = `${name}: ${answer.status} ${JSON.stringify(answer.body)}`;
          if (expectation(row, standing) === 200) expect(answer, told).toMatchObject(disabled);
          else expect([401, 403, 404, 503], told).toContain(answer.status);
          expect([auditCount() - audits, changed()], told).toEqual([0, false]);
        });
    },
  );
});

describe("staff in somebody's organisation, with privacy mode on", () => {
  const persons = /[\w.+-]+@example\.org/g;

  test("are told nobody's address but their own, whatever they call", async () => {
    const caller = await panel.person(`Passing ${fresh()}`, [
      "org:read",
      "org:write",
      "org:delete",
      "dns:manage",
      "dns:connections",
    ]);
    const within = listed.filter(({ guard }) => /^(inOrganisation|inZone|inDeletedZone)/.test(guard));
    let answered = 0;
    for (const { name } of within)
      await undone(async () => {
        const call = callOn(stage, name, caller);
        await preparations[name]?.(stage, caller);
        const { status, body } = await call();
        if (status < 300) answered++;
        const named = (JSON.stringify(body ?? "").match(persons) ?? []).filter((email) => email !== caller.email);
        expect(named, `${name}: ${JSON.stringify(body)}`).toEqual([]);
      });
    expect(answered).toBeGreaterThan(within.length / 2);
  });

  test("and see them where they said so, as its members always do", async () => {
    const caller = await panel.person(`Passing ${fresh()}`, ["org:read"]);
    const members = `/organisations/${stage.organisation.handle}/members`;
    expect(JSON.stringify((await caller.call("GET", members)).body)).not.toContain(stage.member.email);
    expect(JSON.stringify((await unmasked(panel, caller).call("GET", members)).body)).toContain(stage.member.email);
    expect(JSON.stringify((await stage.member.call("GET", members)).body)).toContain(stage.member.email);
  });
});

describe("a child of another parent is not found", () => {
  test("a zone under an organisation that does not have it", async () => {
    const root = await panel.person(`Root ${fresh()}`, "root");
    for (const procedure of listed.filter(({ route }) => route.includes("{zone}"))) {
      const answer = await callOn({ ...stage, organisation: other.organisation }, procedure.name, root)();
      expect(answer.status, procedure.name).toBe(404);
    }
  });

  test.each(children)("%s", (name, child) =>
    undone(async () => {
      const root = await panel.person(`Root ${fresh()}`, "root");
      const answer = await callOn({ ...stage, [child]: other[child] }, name, root)();
      expect(answer.status, JSON.stringify(answer.body)).toBe(404);
    }),
  );
});

const callOn = (here: Stage, name: string, caller: Person) => callOf(find(name), here, caller);

/** Tokens are those of a root who owns the stage's organisation. */
function answersOf(name: string, standing: Standing): number[] {
  const answers = alsoAnswers[name] ?? {};
  const like: Standing[] = isToken(standing)
    ? [standing, "owner"]
    : [standing === "stale" || standing === "unenrolled" ? "root" : standing];
  return [...like.flatMap((one) => answers[one] ?? []), ...(answers.every ?? [])];
}

/** Runs in a transaction that is rolled back, so that each call finds the stage as it was set. */
async function undone(work: () => Promise<void>): Promise<void> {
  stage.sql.run("begin immediate");
  try {
    await work();
  } finally {
    stage.sql.run("rollback");
  }
}

/** Its answer, and whether what is stored is another afterwards; asked for, the call is taken back. */
async function watched<T>(call: () => Promise<T>): Promise<{ answer: T; changed(): boolean }> {
  const rowsWritten = () => stage.sql.get<{ n: number }>("select total_changes() as n")?.n;
  stage.sql.run("savepoint watched");
  const before = rowsWritten();
  const answer = await call();
  const changed = () => {
    // Most refusals write nothing at all, and everything need not be read to know.
    if (rowsWritten() === before) return false;
    const after = digest();
    stage.sql.run("rollback to watched");
    return after !== digest();
  };
  return { answer, changed };
}

/** Everything that is stored, but for what refusals may leave: audit entries and counted attempts. */
function digest(): string {
  const tables = stage.sql
    .all<{ name: string }>("select name from sqlite_master where type = 'table' order by name")
    .filter(({ name }) => !["audit_log", "attempts"].includes(name) && !name.startsWith("sqlite_"));
  const hash = createHash("sha256");
  for (const { name } of tables) hash.update(JSON.stringify(stage.sql.all(`select * from "${name}"`)));
  return hash.digest("hex");
}

const find = (name: string): Listed => {
  const found = listed.find((procedure) => procedure.name === name);
  if (!found) throw new Error(`the router has no ${name}`);
  return found;
};

const auditCount = () =>
  stage.sql.get<{ n: number }>("select count(*) as n from audit_log where outcome = 'done'")?.n ?? 0;
const lastAudit = () => stage.sql.get("select action, outcome from audit_log order by id desc limit 1");
