import { afterAll, beforeAll, expect, test } from "vitest";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { type MailServer, startMailServer } from "../support/smtp.ts";

let mail: MailServer;
let panel: Panel;
let keeper: Person;

beforeAll(async () => {
  mail = await startMailServer();
  panel = await startPanel(mail.environment);
  keeper = await panel.person("Keeper", ["admin:settings"]);
});
afterAll(async () => {
  await panel.close();
  await mail.close();
});

interface Setting {
  key: string;
  value: unknown;
  byDefault: unknown;
  title: string;
  help: string;
  control: { kind: string; min?: number; max?: number; options?: { value: string }[] };
  changedAt: number | null;
}

async function all(): Promise<Map<string, Setting>> {
  const { body } = await keeper.call<{ items: Setting[] }>("GET", "/admin/settings");
  return new Map(body.items.map((item) => [item.key, item]));
}
const change = (changes: Record<string, unknown>, who = keeper) =>
  who.call<{ fields?: Record<string, string> }>("PATCH", "/admin/settings", { changes });

test("every setting has words, a control that fits its default, and nothing that the panel keeps for itself", async () => {
  const { catalogue, settingKeys } = await import("#lib/settings/catalogue.ts");
  const settings = await all();
  expect([...settings.keys()]).toEqual(settingKeys);
  expect([...settings.keys()].filter((key) => key.startsWith("setup."))).toEqual([]);
  for (const { key, title, help, control, byDefault } of settings.values()) {
    expect(title, key).toMatch(/^[A-Z]/);
    expect(help, key).toMatch(/\.$/);
    const { schema } = catalogue[key as keyof typeof catalogue];
    const fits = (value: unknown) => schema.safeParse(value).success;
    if (control.kind === "number") {
      expect(
        [fits(control.min), fits(control.max), fits((control.max ?? 0) + 1), fits((control.min ?? 0) - 1)],
        key,
      ).toEqual([true, true, false, false]);
    }
    if (control.kind === "choice") expect(control.options?.map(({ value }) => fits(value))).not.toContain(false);
    if (control.kind === "switch") expect(typeof byDefault, key).toBe("boolean");
  }
});

test("several are changed at once, audited each with what they were, and go back to their defaults", async () => {
  const { db } = await import("#db/client.ts");
  const { setting } = await import("#lib/settings/settings.ts");
  expect(
    (await change({ "limits.zones_per_bulk": 7, "claims.delegation": "never", "feature.guests": true })).status,
  ).toBe(200);
  expect([setting("limits.zones_per_bulk"), setting("claims.delegation")]).toEqual([7, "never"]);
  const entries = () =>
    db()
      .$client.prepare(
        "select target_id as id, before, after from audit_log where action = 'settings.change' and actor_id = ? order by rowid",
      )
      .all(keeper.id);
  expect(entries()).toEqual([
    { id: "limits.zones_per_bulk", before: '{"value":200}', after: '{"value":7}' },
    { id: "claims.delegation", before: '{"value":"distinct"}', after: '{"value":"never"}' },
  ]);
  expect((await all()).get("limits.zones_per_bulk")).toMatchObject({ value: 7, byDefault: 200 });
  await change({ "limits.zones_per_bulk": null, "claims.delegation": null });
  expect((await all()).get("limits.zones_per_bulk")).toMatchObject({ value: 200, changedAt: null });
  expect(entries()).toHaveLength(4);
});

test("what does not fit is said at its field, and then nothing is changed", async () => {
  const { setting } = await import("#lib/settings/settings.ts");
  const { status, body } = await change({
    "limits.zones_per_bulk": 0,
    "limits.rrsets_per_bulk": "many",
    "registration.domains": ["no domain"],
    "logs.error_days": 9,
    "setup.completed_at": 1,
    "feature.everything": true,
  });
  expect(status).toBe(422);
  expect(Object.keys(body.fields ?? {}).toSorted()).toEqual([
    "feature.everything",
    "limits.rrsets_per_bulk",
    "limits.zones_per_bulk",
    "registration.domains",
    "setup.completed_at",
  ]);
  expect(body.fields?.["limits.zones_per_bulk"]).toBe("Enter a whole number from 1 to 1000.");
  expect(setting("logs.error_days")).toBe(90);
});

test("they are had as a file too", async () => {
  const { status, body } = await keeper.call<string>("GET", "/admin/tabs/settings/csv");
  expect(status).toBe(200);
  expect(String(body)).toContain("accounts.deletion_days");
});

test("who lacks admin:settings neither reads nor changes them", async () => {
  const other = await panel.person("Other", ["users:read"]);
  expect((await other.call("GET", "/admin/settings")).status).toBe(403);
  expect((await change({ "feature.dns": false }, other)).status).toBe(403);
  const stranger = await panel.person("Stranger");
  expect((await change({ "feature.dns": false }, stranger)).status).toBe(403);
  expect((await panel.call("GET", "/admin/settings")).status).toBe(401);
});

test("a test mail goes to oneself, and says what the server said", async () => {
  const send = () =>
    keeper.call<{ result: string; answer: string; recipient: string }>("POST", "/admin/settings/test-mail");
  expect((await send()).body).toMatchObject({ result: "sent", recipient: keeper.email });
  expect((await mail.next(keeper.email)).mail.subject).toBe("A test of mail");
  mail.mode("refuse");
  const refused = (await send()).body;
  expect(refused.result).toBe("refused");
  expect(refused.answer).toMatch(/^550/);
  mail.mode("accept");
});
