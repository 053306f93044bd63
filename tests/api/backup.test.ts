import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { complaints, type KeptPanel, keptPanel, liveIn, SECRETS } from "../support/kept-panel.ts";

let panel: KeptPanel;
let folder: string;
let file: string;

beforeEach(async () => {
  panel = await keptPanel();
  await liveIn(panel);
  folder = mkdtempSync(path.join(tmpdir(), "zonegate-backup-"));
  file = path.join(folder, "panel.db");
});
afterEach(() => {
  panel.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** As the command does it. */
const backUpTo = (target: string): Promise<void> => panel.inside(({ backUp }) => backUp(target));

const rows = (name: string, table: string): number => {
  const client = new Database(name, { readonly: true });
  try {
    return (client.prepare(`select count(*) as n from ${table}`).get() as { n: number }).n;
  } finally {
    client.close();
  }
};

describe("a backup", () => {
  test("is the whole database but for links that wait to be mailed, for its owner alone, and says what it is not", async () => {
    const { code, out } = await panel.command(["backup", file]);
    expect(code).toBe(0);
    expect(out).toContain(file);
    expect(out).toMatch(/The secret is not in it.*keep a copy of .*\/secret apart/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(["panel.db"]);
    for (const table of ["users", "mails", "totp_factors", "tokens"]) expect(rows(file, table), table).toBe(1);
    expect(rows(file, "mail_secrets")).toBe(0);
    const link = await panel.inside(({ db, schema }) => db().select().from(schema.mailSecrets).get()?.link ?? "");
    expect(link).toMatch(/^v1\./);
    expect(readFileSync(file).includes(link), "not in a page that was freed either").toBe(false);
    expect(rows(path.join(panel.dataDir, "panel.db"), "mail_secrets")).toBe(1);
  });

  test("never takes the place of a file", async () => {
    writeFileSync(file, "dear to somebody");
    const { code, error } = await panel.command(["backup", file]);
    expect(code).toBe(1);
    expect(error).toBe(`${file} is there already. Nothing was written: name another file.\n`);
    expect(readFileSync(file, "utf8")).toBe("dear to somebody");
  });

  test("without a name goes to the data directory", async () => {
    const { out } = await panel.command(["backup"]);
    const [, written = ""] = /is in (\S+\/backups\/panel-\d{8}T\d{6}Z\.db)\.$/m.exec(out) ?? [];
    expect(rows(written, "users")).toBe(1);
    expect(statSync(path.dirname(written)).mode & 0o777).toBe(0o700);
  });

  test("of a database that somebody writes to is of one moment", async () => {
    await panel.inside(async ({ transaction, schema, backUp }) => {
      const row = { failures: 1, lockedUntil: 0, expiresAt: 0 };
      for (let n = 0; n < 20; n++) {
        const before = transaction((tx) => {
          for (const half of ["a", "b"])
            tx.insert(schema.attempts)
              .values({ key: half + n, ...row })
              .run();
          // Somebody backs up in the middle of it: what is not committed is not in it.
          backUp(`${file}.${n}`);
          return 2 * n;
        });
        expect(rows(`${file}.${n}`, "attempts")).toBe(before);
      }
    });
  });
});

/** Tables that know what somebody shows to get in, by its hash. */
const DOORS = [
  "account_links",
  "challenges",
  "node_setups",
  "organisation_invites",
  "recovery_codes",
  "registrations",
  "server_invites",
  "sftp_passwords",
  "tokens",
  "zone_invites",
];

test("whatever opens by a hash is known to be ended by a restore", () => {
  const client = new Database(path.join(panel.dataDir, "panel.db"), { readonly: true });
  const found = client
    .prepare(
      `select distinct t.name from pragma_table_list t join pragma_table_info(t.name) c
       where t.type = 'table' and c.name in ('token_hash', 'code_hash', 'browser_hash') order by t.name`,
    )
    .all() as { name: string }[];
  client.close();
  expect(found.map(({ name }) => name)).toEqual(DOORS);
});

describe("restore", () => {
  const present = () => path.join(panel.dataDir, "panel.db");

  test("brings back what was, keeps what was there, and lets no door open again", async () => {
    await backUpTo(file);
    await panel.inside(({ db, schema }) => {
      const later = { id: "later", name: "Later", email: "later@example.org", createdAt: 1, updatedAt: 1 };
      db().insert(schema.users).values(later).run();
      db().delete(schema.tokens).run();
    });
    const { code, out, error } = await panel.command(["restore", file]);
    expect(error).toBe("");
    expect(code).toBe(0);
    const [, kept = ""] = /^The one that was there is (\S+)\.$/m.exec(out) ?? [];
    expect(rows(kept, "users")).toBe(2);
    expect(out).toMatch(
      /^Ended with it: 1 sessions, 1 API tokens, 1 invitations, 1 one-time links, 1 recovery codes, 1 mails that waited\.$/m,
    );
    expect(out).toContain("Passwords, roles, members and suspensions are as they were");
    expect(rows(present(), "users")).toBe(1);
    for (const table of ["sessions", "mail_secrets", ...DOORS]) expect(rows(present(), table), table).toBe(0);
    await panel.inside(({ db, schema, unseal }) => {
      const factor = db().select().from(schema.totpFactors).all()[0];
      const place = { table: "totp_factors", column: "secret", row: factor?.userId ?? "" };
      expect(unseal(factor?.secret ?? "", place)).toBe(SECRETS.factor);
      expect(db().select().from(schema.mails).get()?.status).toBe("cancelled");
      expect(db().select().from(schema.jobs).all()).toEqual([]);
      const actions = db().select().from(schema.auditLog).all();
      expect(actions.filter(({ action }) => action === "panel.restore")).toHaveLength(1);
    });
    expect(await complaints(panel)).toEqual({});
  });

  test("leaves API tokens where it is told to", async () => {
    await backUpTo(file);
    expect((await panel.command(["restore", file, "--keep-tokens"])).code).toBe(0);
    expect(rows(present(), "tokens")).toBe(1);
  });

  test("on another machine: all that it needs besides is the secret", async () => {
    await backUpTo(file);
    const other = await keptPanel();
    try {
      const { code, out } = await other.command(["restore", file]);
      expect(code).toBe(0);
      expect(out).toContain("The secret here is not the one that this backup was sealed with");
      expect(await complaints(other)).toEqual({
        "sealed values": "problem: 1 of 1 sealed values want another secret than this panel has.",
      });
      writeFileSync(path.join(other.dataDir, "secret"), readFileSync(path.join(panel.dataDir, "secret")));
      expect(await complaints(other)).toEqual({});
    } finally {
      other.remove();
    }
  });

  test.each([
    ["nothing", () => {}, /There is no file .* that can be read\./],
    ["no database", (name: string) => writeFileSync(name, "x".repeat(5000)), /is not a database\./],
    [
      "another database",
      (name: string) => new Database(name).exec("create table t (x)").close(),
      /is a database, but not one of Zonegate\./,
    ],
  ])("refuses %s", async (_case, make, message) => {
    make(file);
    const before = readFileSync(present());
    const { code, error } = await panel.command(["restore", file]);
    expect(code).toBe(1);
    expect(error).toMatch(message);
    expect(readFileSync(present()).equals(before)).toBe(true);
  });

  test("refuses a backup that is damaged, of a newer version, or the database itself", async () => {
    await backUpTo(file);
    const newer = `${file}.newer`;
    await backUpTo(newer);
    new Database(newer)
      .exec("insert into __drizzle_migrations (hash, created_at) values ('later', 99999999999999)")
      .close();
    expect((await panel.command(["restore", newer])).error).toMatch(/was written by a newer Zonegate/);
    const orphaned = `${file}.orphaned`;
    await backUpTo(orphaned);
    new Database(orphaned).exec("pragma foreign_keys = off; delete from users").close();
    expect((await panel.command(["restore", orphaned])).error).toMatch(/is damaged: \d+ rows, one in \w+, refer to/);
    truncateSync(file, statSync(file).size / 2);
    expect((await panel.command(["restore", file])).error).toMatch(/is damaged|is not a database/);
    expect((await panel.command(["restore", present()])).error).toBe(
      "That is the database in use, not a backup of it.\n",
    );
    expect((await panel.command(["restore"])).error).toMatch(/^Which\?/);
    expect(rows(present(), "users")).toBe(1);
    expect(existsSync(`${present()}.restoring-wal`)).toBe(false);
  });

  test("in the place of a database that cannot be read any more, which is kept as it is", async () => {
    await backUpTo(file);
    writeFileSync(present(), "not what it was");
    expect((await panel.command(["doctor"])).out).toMatch(/^problem {2}database: .* cannot be read/m);
    const { code, out } = await panel.command(["restore", file]);
    expect(code).toBe(0);
    expect(readFileSync(/there is (\S+)\.$/m.exec(out)?.[1] ?? "", "utf8")).toBe("not what it was");
    expect(await complaints(panel)).toEqual({});
  });

  test("beside what others kept in the same second", async () => {
    await backUpTo(file);
    const stamps = Array.from({ length: 60 }, (_, second) =>
      new Date(Date.now() + second * 1000).toISOString().replace(/\.\d+|[-:]/g, ""),
    );
    for (const stamp of stamps) writeFileSync(`${present()}.before-restore-${stamp}`, "kept before");
    const { code, out } = await panel.command(["restore", file]);
    expect(code).toBe(0);
    expect(/there is (\S+)\.$/m.exec(out)?.[1]).toMatch(/Z-2$/);
    for (const stamp of stamps)
      expect(readFileSync(`${present()}.before-restore-${stamp}`, "utf8")).toBe("kept before");
  });

  test.each(["restore-prepared", "restore-kept"])(
    "killed at %s leaves the database that was, and can be done again",
    async (moment) => {
      await backUpTo(file);
      await panel.inside(({ db, schema }) => db().delete(schema.totpFactors).run());
      writeFileSync(path.join(panel.dataDir, `kill-${moment}`), "");
      const killed = await panel.command(["restore", file], "", { ZONEGATE_TEST_HOOKS: "1" });
      expect(killed.signal).toBe("SIGKILL");
      expect(await complaints(panel)).toEqual({});
      expect([rows(present(), "users"), rows(present(), "totp_factors")]).toEqual([1, 0]);
      expect((await panel.command(["restore", file])).code).toBe(0);
      expect(await complaints(panel)).toEqual({});
      expect([rows(present(), "users"), rows(present(), "totp_factors")]).toEqual([1, 1]);
    },
  );
});
