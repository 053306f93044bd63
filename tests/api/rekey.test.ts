import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { complaints, type KeptPanel, keptPanel, liveIn, SECRETS } from "../support/kept-panel.ts";

const OLD = "the secret in the environment, of 32 or more";
const NEW = "the next secret for the environment, as long";

let panel: KeptPanel;
afterEach(() => panel.remove());

const secretFile = () => readFileSync(path.join(panel.dataDir, "secret"), "utf8").trim();

/** What a start makes of it: whether the secret fits, what the sealed values hold, how many sessions there are. */
const look = (env: Record<string, string> = {}) =>
  panel.inside(({ db, schema, settleSecret, recordSecret, unseal }) => {
    settleSecret();
    const open = (table: string, column: string, row: string, value: string) => {
      try {
        return unseal(value, { table, column, row });
      } catch {
        return null;
      }
    };
    const factor = db().select().from(schema.totpFactors).all()[0];
    const link = db().select().from(schema.mailSecrets).all()[0];
    return {
      recorded: recordSecret(),
      factor: factor ? open("totp_factors", "secret", factor.userId, factor.secret) : null,
      link: link ? open("mail_secrets", "link", link.mailId, link.link) : null,
      sessions: db().select().from(schema.sessions).all().length,
    };
  }, env);

const opened = { recorded: true, ...SECRETS };

describe("with the secret in a file", () => {
  test("another is made, everything is sealed with it, and everybody is signed out", async () => {
    panel = await keptPanel();
    await liveIn(panel);
    const before = secretFile();
    const { code, out, error } = await panel.command(["rekey"]);
    expect(error).toBe("");
    expect(code).toBe(0);
    expect(out).toMatch(/^2 sealed values are sealed with the new secret\. Everybody has to sign in again\.$/m);
    expect(secretFile()).not.toBe(before);
    expect(out).not.toContain(secretFile());
    expect(statSync(path.join(panel.dataDir, "secret")).mode & 0o777).toBe(0o600);
    expect(readdirSync(panel.dataDir).filter((name) => name.startsWith("secret"))).toEqual(["secret"]);
    expect(await look()).toEqual({ ...opened, sessions: 0 });
    const audited = await panel.inside(({ db, schema }) => db().select().from(schema.auditLog).all());
    expect(audited.filter(({ action }) => action === "panel.rekey").map(({ after }) => after)).toEqual([
      '{"sealed":2}',
    ]);
    expect(await complaints(panel)).toEqual({});
  });

  test.each(["rekey-written", "rekey-sealed", "rekey-committed"])(
    "killed at %s, commands and the next start have the right one, and it can be done again",
    async (moment) => {
      panel = await keptPanel();
      await liveIn(panel);
      const before = secretFile();
      const hook = path.join(panel.dataDir, `kill-${moment}`);
      writeFileSync(hook, "");
      const killed = await panel.command(["rekey"], "", { ZONEGATE_TEST_HOOKS: "1" });
      expect(killed.signal).toBe("SIGKILL");
      const changed = moment === "rekey-committed";
      expect(await complaints(panel), "also before a start has settled it").toEqual({});
      expect(await look()).toEqual({ ...opened, sessions: changed ? 0 : 1 });
      expect(secretFile() === before).toBe(!changed);
      expect(readdirSync(panel.dataDir).filter((name) => name.startsWith("secret"))).toEqual(["secret"]);
      expect((await panel.command(["rekey"])).code).toBe(0);
      expect(await look()).toEqual({ ...opened, sessions: 0 });
    },
  );

  test("changes nothing where a value does not open", async () => {
    panel = await keptPanel();
    await liveIn(panel);
    const before = secretFile();
    await panel.inside(({ db, schema, seal }) => {
      const moved = seal("x", { table: "totp_factors", column: "secret", row: "somebody else" });
      db().update(schema.totpFactors).set({ secret: moved }).run();
    });
    const { code, error } = await panel.command(["rekey"]);
    expect(code).toBe(1);
    expect(error).toMatch(/totp_factors\.secret was changed, or stands in another place/);
    expect(secretFile()).toBe(before);
    expect(await look()).toMatchObject({ recorded: true, factor: null, link: opened.link, sessions: 1 });
    expect(await complaints(panel)).toEqual({
      "sealed values": "problem: 1 of 2 sealed values were changed from outside.",
    });
  });
});

describe("with the secret in the environment", () => {
  test("the new one comes on standard input, and is to be set before the next start", async () => {
    panel = await keptPanel({ PANEL_SECRET: OLD });
    await liveIn(panel);
    const asked = await panel.command(["rekey"]);
    expect(asked.code).toBe(1);
    expect(asked.error).toMatch(/^PANEL_SECRET is set, so the new secret comes from you: at least 32 characters/);
    expect((await panel.command(["rekey"], `${OLD}\n`)).error).toBe("That is the secret in use. Choose another.\n");
    expect(await look()).toEqual({ ...opened, sessions: 1 });

    const { code, out } = await panel.command(["rekey"], `${NEW}\n`);
    expect(code).toBe(0);
    expect(out).toContain("Set PANEL_SECRET to the new secret before the panel starts.");
    expect(`${out}`).not.toContain(NEW);
    expect(await look({ PANEL_SECRET: NEW })).toEqual({ ...opened, sessions: 0 });
    expect(await look()).toMatchObject({ recorded: false, factor: null });
    expect(readdirSync(panel.dataDir).filter((name) => name.startsWith("secret"))).toEqual([]);
    expect(await complaints(panel)).toEqual({
      "sealed values": "problem: 2 of 2 sealed values want another secret than this panel has.",
    });
  });

  test("a process that was started without it makes no other one beside the database", async () => {
    panel = await keptPanel({ PANEL_SECRET: OLD });
    await liveIn(panel);
    const sealing = panel.inside(({ seal }) => seal("a", { table: "t", column: "c", row: "r" }), { PANEL_SECRET: "" });
    await expect(sealing).rejects.toThrow(
      /^This panel's secret is not here: .* is missing and PANEL_SECRET is not set\./,
    );
    expect(readdirSync(panel.dataDir).filter((name) => name.startsWith("secret"))).toEqual([]);
  });

  test.each(["rekey-written", "rekey-sealed", "rekey-committed"])(
    "killed at %s, one of the two secrets opens everything",
    async (moment) => {
      panel = await keptPanel({ PANEL_SECRET: OLD });
      await liveIn(panel);
      writeFileSync(path.join(panel.dataDir, `kill-${moment}`), "");
      const killed = await panel.command(["rekey"], NEW, { ZONEGATE_TEST_HOOKS: "1" });
      expect(killed.signal).toBe("SIGKILL");
      expect(await look({ PANEL_SECRET: moment === "rekey-committed" ? NEW : OLD })).toMatchObject(opened);
    },
  );
});
