/** What is saved just as it is changes nothing: the audit log has one entry for whatever was said twice. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { type Stage, setStage } from "../support/stage.ts";

let panel: Panel;
let root: Person;
let stage: Stage;

beforeAll(async () => {
  panel = await startPanel();
  root = await panel.person("Root", "root");
  stage = await setStage(panel);
  await root.call("POST", `/organisations/${stage.organisation.handle}/members`, { email: root.email, role: "admin" });
});
afterAll(() => panel.close());

type Call = [method: string, path: string, body: object];

const made = async (path: string, body: object): Promise<string> =>
  (await root.call<{ id: string }>("POST", path, body)).body.id;

const organisation = () => `/organisations/${stage.organisation.handle}`;
const zone = () => `${organisation()}/dns/zones/${stage.zone}`;
const news = { title: "News", body: "Read **this**.", audience: { kind: "everyone" }, banner: true, mail: false };
const link = { code: "news", target: "https://example.org/news" };

const edits: Record<string, () => Call | Promise<Call>> = {
  "one's own name": () => ["PATCH", "/account", { name: "Another Name" }],
  "somebody's name": () => ["PATCH", `/admin/users/${stage.member.id}`, { name: "Another Name" }],
  "somebody's roles": () => ["PUT", `/admin/users/${stage.member.id}/roles`, { roles: [stage.role] }],
  "an organisation": () => ["PATCH", organisation(), { name: "Another name", memberDefault: "view" }],
  "a zone's description": () => ["PATCH", zone(), { description: "For the shop" }],
  "a level in a zone": () => ["PUT", `${zone()}/permissions/${stage.member.id}`, { level: "edit", names: ["www"] }],
  "a member's role": () => ["PATCH", `${organisation()}/members/${stage.member.id}`, { role: "admin" }],
  "a role": () => ["PATCH", `/admin/roles/${stage.role}`, { description: "Looks after the shop" }],
  "what a role grants": () => ["PUT", `/admin/roles/${stage.role}/grants`, { grants: ["users:read"] }],
  "a setting": () => ["PATCH", "/admin/settings", { changes: { zone_claims: "trusted" } }],
  "a rollout": async () => {
    const id = await made("/admin/rollouts", { key: "records.density" });
    const audience = { roles: [stage.role], organisations: [] };
    return ["PATCH", `/admin/rollouts/${id}`, { enabled: true, share: 10, audience, startsAt: 1_000, endsAt: null }];
  },
  "somebody in a rollout": async () => {
    const { items } = (await root.call<{ items: { id: string }[] }>("GET", "/admin/rollouts")).body;
    return ["PUT", `/admin/rollouts/${items[0]?.id}/people/${stage.member.id}`, { forced: "in", treatment: "dense" }];
  },
  "an announcement": async () => {
    const id = await made("/admin/announcements", { ...news, title: "Old" });
    return ["PUT", `/admin/announcements/${id}`, news];
  },
  "a short address": async () => {
    const id = await made("/admin/short-urls", { ...link, target: "https://example.org/old" });
    return ["PATCH", `/admin/short-urls/${id}`, link];
  },
  "what becomes of feedback": async () => {
    const id = await made("/feedback", { rating: 4, message: "More of this, please." });
    return ["PUT", `/admin/feedback/${id}/status`, { status: "planned" }];
  },
  "whether announcements come by mail": () => ["PUT", "/account/announcements", { mail: false }],
};

const entries = (): number => stage.sql.get<{ n: number }>("select count(*) as n from audit_log")?.n ?? 0;

test.each(Object.keys(edits))("%s", async (name) => {
  const [method, path, body] = (await edits[name]?.()) ?? ["", "", {}];
  const before = entries();
  const first = await root.call(method, path, body);
  expect(first.status, JSON.stringify(first.body)).toBe(200);
  expect(entries()).toBe(before + 1);
  expect((await root.call(method, path, body)).status).toBe(200);
  expect(entries(), "there was nothing to note").toBe(before + 1);
});
