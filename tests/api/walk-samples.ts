/** A call of every procedure that would succeed for whoever passes its guard: what it sends, and what has to be there first. */

import { hashToken } from "#lib/crypto/secret.ts";
import type { Person } from "../support/panel.ts";
import {
  fresh,
  insertBulk,
  insertImport,
  insertInvite,
  insertPasskey,
  insertRollout,
  insertToken,
  type Stage,
  sessionOf,
  spareAccount,
} from "../support/stage.ts";
import { databaseSamples } from "./walk-databases.ts";
import { postSamples } from "./walk-posts.ts";
import { scheduleSamples } from "./walk-schedules.ts";
import { serverSamples, unanswered } from "./walk-servers.ts";
import type { Standing } from "./walk-standings.ts";

type Values = Record<string, unknown>;

/** Parameters of the route and fields of the body together. A procedure without an entry takes nothing but what the stage has. */
export const samples: Record<string, (stage: Stage, caller: Person) => Values> = {
  "logs.open": () => ({ row: "audit.1" }),
  "rollouts.open": ({ sql }) => ({ rollout: insertRollout(sql) }),
  "rollouts.create": ({ sql }) => {
    sql.run("delete from rollouts");
    return { key: "records.density" };
  },
  "rollouts.edit": ({ sql }) => ({ rollout: insertRollout(sql), share: 100 }),
  "rollouts.remove": ({ sql }) => ({ rollout: insertRollout(sql) }),
  "rollouts.force": ({ sql, bare }) => ({ rollout: insertRollout(sql), user: bare.id, forced: "in" }),
  "rollouts.people": ({ sql }) => ({ rollout: insertRollout(sql) }),
  "rollouts.preview": ({ sql }) => ({ rollout: insertRollout(sql) }),
  "settings.change": () => ({ changes: { "accounts.deletion_days": 1 + (fresh() % 300) } }),
  "setup.create": () => ({
    token: "not the token",
    name: "Somebody",
    email: `setup.${fresh()}@example.org`,
    password: "a long enough password",
  }),
  "links.askReset": ({ member }) => ({ email: member.email }),
  "links.openReset": () => ({ token: TOKEN }),
  "links.reset": () => ({ token: "none that was given", password: "a long enough password" }),
  "links.verify": () => ({ token: TOKEN }),
  "links.askEmail": () => ({ email: `moved.${fresh()}@example.org` }),
  "registration.ask": () => ({ email: `new.${fresh()}@example.org` }),
  "registration.open": () => ({ token: TOKEN }),
  "registration.complete": () => ({ token: "none that was given", name: "A", password: "a long enough password" }),
  "users.rename": () => ({ name: "Another name" }),
  "users.remove": (_stage, caller) => ({ email: caller.email }),
  "users.password": () => ({ newPassword: "a harbour in the fog" }),
  "factors.finish": () => ({ enrolment: "none that was given", code: "000000" }),
  "factors.confirm": () => ({ password: "wrong" }),
  "staff.csv": () => ({ tab: "users" }),
  "staff.reveal": ({ bare }) => ({ tab: "users", id: bare.id, field: "email" }),
  "staff.search": ({ bare }) => ({ q: bare.email }),
  "accounts.create": () => ({
    name: "Somebody",
    email: `made.${fresh()}@example.org`,
    password: "a long enough password",
  }),
  "passkeys.addOptions": () => ({ name: "A passkey" }),
  "passkeys.add": () => ({ name: "A passkey", response: webauthn({ attestationObject: "oA" }) }),
  "passkeys.rename": () => ({ name: "Another name" }),
  "passkeys.confirm": () => ({ response: webauthn({ authenticatorData: "AA", signature: "AA" }) }),
  ...Object.fromEntries(
    [
      "open",
      "unsuspend",
      "remove",
      "keep",
      "verify",
      "grants",
      "theirSessions",
      "theirOrganisations",
      "theirZones",
      "history",
      "signOut",
      "clearPassword",
      "clearPasskeys",
      "clearFactors",
    ].map((name) => [`accounts.${name}`, ({ bare }: Stage) => ({ user: bare.id })]),
  ),
  "accounts.edit": ({ bare }) => ({ user: bare.id, name: "Renamed" }),
  "accounts.changeAddress": ({ bare }) => ({ user: bare.id, email: `moved.${fresh()}@example.org` }),
  "accounts.resetLink": ({ bare }) => ({ user: bare.id }),
  "accounts.suspend": ({ bare }) => ({ user: bare.id, reason: "A reason" }),
  "accounts.leaving": ({ bare }) => ({ users: [bare.id] }),
  "accounts.assign": ({ bare, role }) => ({ user: bare.id, roles: [role] }),
  "accounts.signOutOne": ({ bare, sql }) => ({ user: bare.id, session: sessionOf(sql, bare.id) }),
  "accounts.clearPasskey": ({ bare }) => ({ user: bare.id, passkey: bare.passkey }),
  "roles.open": ({ role }) => ({ role }),
  "roles.members": ({ role }) => ({ role }),
  "roles.create": () => ({ name: `Made ${fresh()}`, grants: ["roles:create"] }),
  "roles.clone": ({ role }) => ({ role, name: `Like it ${fresh()}` }),
  "roles.edit": ({ role }) => ({ role, description: "What it is for" }),
  "roles.remove": ({ role }) => ({ role }),
  "roles.grant": ({ role }) => ({ role, grants: ["permissions:assign"] }),
  "roles.order": ({ role }) => ({ role, grants: ["c:d", "a:b"] }),
  "roles.addOne": ({ role, sql }) => ({ role, user: strippedAccount(sql) }),
  "roles.removeOne": ({ role, bare }) => ({ role, user: bare.id }),
  "soc.ofAccount": ({ bare }, caller) => ({ user: caller.id || bare.id }),
  "organisations.limit": () => ({ limits: { "limits.zones_per_organisation": 1 + (fresh() % 1000) } }),
  "organisations.create": () => ({ name: "Another", handle: `another-${fresh()}` }),
  "organisations.edit": () => ({ name: "Renamed" }),
  "organisations.addOne": (stage) => ({ email: spareAccount(stage).email, role: "member" }),
  "organisations.changeRole": (stage) => ({ user: stage.member.id, role: "admin" }),
  "organisations.removeOne": (stage) => ({ user: stage.member.id }),
  "organisations.handOverTo": (stage) => ({ user: stage.member.id }),
  "invites.answer": (stage) => ({ invite: stage.ownInvite, accept: true }),
  "invites.look": (stage) => ({ token: stage.inviteToken }),
  "invites.accept": (stage) => ({ token: stage.inviteToken }),
  "invites.decline": (stage) => ({ token: stage.inviteToken }),
  "invites.register": (stage) => ({ token: stage.inviteToken, name: "Somebody", password: "a long enough password" }),
  "tokens.create": () => ({ name: "Walk", mode: "full" }),
  "tokens.edit": () => ({ name: "Renamed" }),
  "tokens.revokeAnyones": (stage) => ({ user: stage.bare.id }),
  "dns.create": () => ({ name: `made${fresh()}.example`, connection: "local" }),
  "dns.lookup": (stage) => ({ rrsets: [{ name: `www.${stage.zone}.`, type: "A" }] }),
  "dns.search": () => ({ q: "www" }),
  "dns.bulk": ({ sql, organisation }) => ({
    find: { type: "A" },
    change: { kind: "ttl", ttl: 300 },
    planned: [{ zone: zoneIdOf(sql, organisation.id), digest: "of a dry run" }],
  }),
  "dns.approveClaim": ({ sql, zone }) => ({ claim: idOf(sql, zone) }),
  "dns.refuseClaim": ({ sql, zone }) => ({ claim: idOf(sql, zone), reason: "A reason" }),
  "dns.addRecord": () => ({ name: "new", type: "A", ttl: 60, content: "192.0.2.9" }),
  "dns.editRecord": () => ({ name: "www", type: "A", ttl: 60, content: "192.0.2.10" }),
  "dns.change": () => ({ deletions: [{ name: "www", type: "A" }] }),
  "dns.edit": () => ({ description: "What it is for" }),
  "dns.transfer": () => ({ to: "walk-target" }),
  "dns.remove": ({ zone }) => ({ name: zone }),
  "dns.importZone": () => ({ text: "imported 60 IN A 192.0.2.9", mode: "merge" }),
  ...Object.fromEntries(
    ["importOne", "importApply", "importCancel"].map((act) => [
      `dns.${act}`,
      (stage: Stage, caller: Person) => ({ import: insertImport(stage, caller.id) }),
    ]),
  ),
  "dns.importAll": ({ zone }) => ({ mode: "merge", zones: [{ name: zone, text: "imported 60 IN A 192.0.2.9" }] }),
  ...Object.fromEntries(
    ["bundle", "bundleApply", "bundleCancel"].map((act) => [
      `dns.${act}`,
      (stage: Stage, caller: Person) => {
        const batch = `batch-${fresh()}`;
        insertImport(stage, caller.id, batch);
        return { batch };
      },
    ]),
  ),
  "dns.restore": ({ sql, change }) => ({
    at: sql.get<{ at: number }>(
      "select c.created_at as at from zone_changes c join zone_changes w on w.zone_id = c.zone_id where c.kind = 'create' and w.id = ?",
      change,
    )?.at,
  }),
  "dns.setPermission": (stage) => ({ user: stage.member.id, level: "edit" }),
  "dns.clearPermission": (stage) => ({ user: stage.member.id }),
  "dns.inviteOne": () => ({
    email: `a.guest.${fresh()}@example.org`,
    level: "edit",
    expiresAt: Date.now() + 86_400_000,
  }),
  "dns.resendInvite": (stage) => ({ invite: stage.zoneInvite }),
  "dns.revokeInvite": (stage) => ({ invite: stage.zoneInvite }),
  "dns.addOneTemplate": () => ({ name: `New ${fresh()}`, records: "mail A 192.0.2.1" }),
  "dns.editOneTemplate": ({ template }) => ({ template, name: "Renamed" }),
  "dns.removeOneTemplate": ({ template }) => ({ template }),
  "dns.applyOneTemplate": ({ template }) => ({ template }),
  ...postSamples,
  ...serverSamples,
  ...databaseSamples,
  ...scheduleSamples,
  ...connectionSamples("Shared", ({ sharedConnection }) => sharedConnection),
  ...connectionSamples("Own", ({ ownConnection }) => ownConnection),
};

function connectionSamples(kind: "Shared" | "Own", of: (stage: Stage) => string): typeof samples {
  const one = (more: Values) => (stage: Stage) => ({ connection: of(stage), ...more });
  return {
    [`dns.add${kind}Connection`]: () => ({ kind: "powerdns", label: "New", url: "http://192.0.2.1", secret: "key" }),
    [`dns.edit${kind}Connection`]: one({ label: "Renamed" }),
    [`dns.rotate${kind}Connection`]: one({ secret: "key" }),
    [`dns.test${kind}Connection`]: one({}),
    [`dns.remove${kind}Connection`]: one({}),
  };
}

const zoneIdOf = (sql: Stage["sql"], organisation: string) =>
  sql.get<{ id: string }>("select id from zones where organisation_id = ?", organisation)?.id ?? "";
const idOf = (sql: Stage["sql"], zone: string) =>
  sql.get<{ id: string }>("select id from zones where name = ?", `${zone}.`)?.id;

/** The zone is only asked for. */
function withClaim({ sql, zone }: Stage): void {
  sql.run("delete from rrset_rows where generation = (select generation from zones where name = ?)", `${zone}.`);
  sql.run("update zones set reserved = 0, status = 'pending', external_id = null where name = ?", `${zone}.`);
  sql.run(
    "insert into zone_claims (zone_id, state, txt, nameservers, due_at, created_at, ends_at) select id, 'pending', 'zonegate=x', '[]', 0, 0, ? from zones where name = ?",
    Date.now() + 60_000,
    `${zone}.`,
  );
}

/** Nothing is asked of any server any more. */
function withEndedClaim(stage: Stage): void {
  withClaim(stage);
  stage.sql.run("update zone_claims set state = 'granted'");
}

/** An account that has nothing but a role without grants. */
function strippedAccount(sql: Stage["sql"]): string {
  const { id } = spareAccount({ sql });
  sql.run("insert into roles (id, name, created_at) values (?, ?, 0)", `empty-${id}`, `Empty ${id}`);
  sql.run("insert into user_roles (user_id, role_id, created_at) values (?, ?, 0)", id, `empty-${id}`);
  return id;
}

/** What an authenticator answers, as far as its form goes. */
const webauthn = (response: Record<string, string>): Values => ({
  id: "AA",
  rawId: "AA",
  type: "public-key",
  response: { clientDataJSON: "e30", ...response },
});

const withPasskey = (stage: Stage, caller: Person): void => {
  if (caller.id) stage.passkey = insertPasskey(stage.sql, caller.id);
};

/** What a link says, where one is there. */
const TOKEN = "a token of the walk";

const withLink =
  (kind: string) =>
  ({ sql, member }: Stage): void =>
    sql.run(
      "insert into account_links (id, kind, user_id, email, token_hash, created_at, expires_at) values ('walk', ?, ?, ?, ?, 0, 9e15)",
      kind,
      member.id,
      member.email,
      hashToken(TOKEN),
    );

const withRegistration = ({ sql }: Stage): void => {
  sql.run("insert into settings (key, value, updated_at) values ('feature.registration', 'true', 0)");
  sql.run(
    "insert into registrations (id, email, token_hash, created_at, expires_at) values ('walk', 'walk@example.org', ?, 0, 9e15)",
    hashToken(TOKEN),
  );
};

/** What has to be true of the stage or the caller for the sample to make sense. */
export const preparations: Record<string, (stage: Stage, caller: Person) => void> = {
  "accounts.verify": ({ sql, bare }) => sql.run("update users set email_verified_at = null where id = ?", bare.id),
  "accounts.keep": ({ sql, bare }) => sql.run("update users set deletion_due_at = 9e15 where id = ?", bare.id),
  "accounts.unsuspend": ({ sql, bare }) => sql.run("update users set suspended_at = 1 where id = ?", bare.id),
  "roles.order": ({ sql, role }) =>
    sql.run("insert into role_grants (role_id, permission, position) values (?, 'a:b', 0), (?, 'c:d', 1)", role, role),
  "dns.claim": withClaim,
  "dns.checkClaim": withEndedClaim,
  "dns.withdrawClaim": withClaim,
  "dns.approveClaim": withClaim,
  "dns.refuseClaim": withClaim,
  "organisations.remove": ({ sql, organisation }) => {
    sql.run("delete from zones where organisation_id = ?", organisation.id);
    sql.run("delete from servers where organisation_id = ?", organisation.id);
  },
  "dns.transfer": ({ sql }, caller) => {
    if (!caller.id) return;
    sql.run(
      "insert into organisations (id, handle, name, created_at) values ('walk-target', 'walk-target', 'Target', 0)",
    );
    sql.run(
      "insert into organisation_members (organisation_id, user_id, role, created_at) values ('walk-target', ?, 'admin', 0)",
      caller.id,
    );
  },
  "invites.answer": (stage, caller) => {
    if (caller.id) stage.ownInvite = insertInvite(stage, caller.email, stage.owner);
  },
  "links.openReset": withLink("reset"),
  "links.verify": withLink("verify"),
  "links.askVerification": ({ sql }, caller) =>
    sql.run("update users set email_verified_at = null where id = ?", caller.id),
  "registration.ask": withRegistration,
  "registration.open": withRegistration,
  "registration.complete": withRegistration,
  "factors.remove": setUpTotp,
  "factors.renewCodes": setUpTotp,
  "invites.accept": (stage, caller) => {
    stage.inviteToken = `own-token-${fresh()}`;
    if (caller.id) insertInvite(stage, caller.email, stage.owner, stage.inviteToken);
  },
  "dns.bulkOne": takeBulk,
  "dns.bulkUndo": takeBulk,
  "tokens.edit": takeToken,
  "tokens.revoke": takeToken,
  "tokens.revokeAnyones": (stage) => {
    stage.token = insertToken(stage, stage.bare.id);
  },
  "users.endOneSession": (stage, caller) => {
    stage.session = sessionOf(stage.sql, caller.id) || stage.session;
  },
  "users.dropPassword": withPasskey,
  "passkeys.rename": withPasskey,
  "passkeys.remove": withPasskey,
};

/** Where the guard lets somebody through and the work itself then says no. `every` is every standing that passes. */
export const alsoAnswers: Record<string, Partial<Record<Standing | "every", number[]>>> = {
  "setup.create": { every: [403, 409] },
  "announcements.unsubscribeByLink": { every: [403] },
  // The sample's step needs the console, which neither this permission nor this token gives.
  "servers.schedules.create": { "right token": [403], permission: [403] },
  "servers.schedules.run": { every: [202] },
  // The server may have no database; one is being made; and nothing is at the address of the sample.
  "servers.databases.create": { every: [409] },
  "servers.databases.rotate": { every: [409] },
  "databaseHosts.create": { every: [422] },
  // The files are not there.
  "exports.fetchOwn": { every: [409] },
  "staffExports.download": { every: [409] },
  // None of them shows what was made for it.
  "remote.configure": { every: [401] },
  // It names the organisation as a member.
  "servers.create": { "right token": [422] },
  // The node is at an address that the panel does not call.
  "servers.stats": { every: [502] },
  "servers.power": { every: [502] },
  "servers.installLog": { every: [502] },
  "links.reset": { every: [403] },
  "registration.complete": { every: [403] },
  "factors.finish": { every: [409] },
  "factors.confirm": { every: [422] },
  "passkeys.add": { every: [422] },
  "passkeys.confirm": { every: [422] },
  // Who owns an organisation hands it over first; nobody gives up full access alone.
  "users.remove": { owner: [409], root: [409] },
  "organisations.leave": { owner: [409], permission: [404], root: [404] },
  // For its owner and admins.
  "soc.ofOrganisation": Object.fromEntries(
    (["none", "view", "edit", "full", "member"] as const).map((standing) => [standing, [403]]),
  ),
  // Nobody on the stage is a guest, or a sub-user.
  "dns.leave": { every: [409] },
  "servers.people.leave": { every: [409] },
  // Its guard lets everybody through who is signed in; the zone is not theirs to edit.
  "dns.bulk": { every: [202, 422] },
  "dns.importAll": { every: [202] },
  "dns.bulkUndo": { every: [202] },
  // Templates are for those who are in the organisation.
  "dns.applyOneTemplate": { guest: [404], permission: [404] },
  // Nothing answers at the address of the sample.
  ...Object.fromEntries(
    ["addShared", "addOwn", "rotateShared", "rotateOwn"].map((act) => [`dns.${act}Connection`, { every: [422] }]),
  ),
  // A token that names the organisation of the zone alone reaches no other.
  "dns.transfer": { "right token": [422] },
  // The zone of the stage is kept in the panel.
  "dns.enableDnssec": { every: [409] },
  "dns.disableDnssec": { every: [409] },
  // The proof is there already.
  "dns.checkClaim": { every: [409] },
  ...unanswered,
  // A rule for one zone opens none that is yet to be made.
  "dns.create": { "right token": [403] },
};

/** Children of the stage that another stage's parent must not have: 404. */
export const children: [
  procedure: string,
  child:
    | "record"
    | "deleted"
    | "change"
    | "invite"
    | "zoneInvite"
    | "ownInvite"
    | "bulk"
    | "session"
    | "passkey"
    | "token"
    | "member"
    | "ownConnection"
    | "template",
][] = [
  ["dns.editOneTemplate", "template"],
  ["dns.removeOneTemplate", "template"],
  ["dns.applyOneTemplate", "template"],
  ["dns.editOwnConnection", "ownConnection"],
  ["dns.rotateOwnConnection", "ownConnection"],
  ["dns.testOwnConnection", "ownConnection"],
  ["dns.removeOwnConnection", "ownConnection"],
  ["dns.editRecord", "record"],
  ["dns.removeRecord", "record"],
  ["dns.historyOne", "change"],
  ["dns.revert", "change"],
  ["dns.undelete", "deleted"],
  ["organisations.revoke", "invite"],
  ["organisations.resend", "invite"],
  ["dns.resendInvite", "zoneInvite"],
  ["dns.revokeInvite", "zoneInvite"],
  ["invites.answer", "ownInvite"],
  ["dns.bulkOne", "bulk"],
  ["dns.bulkUndo", "bulk"],
  ["users.endOneSession", "session"],
  ["passkeys.rename", "passkey"],
  ["passkeys.remove", "passkey"],
  ["tokens.edit", "token"],
  ["tokens.revoke", "token"],
  ["tokens.revokeAnyones", "token"],
  ["organisations.changeRole", "member"],
  ["organisations.removeOne", "member"],
  ["organisations.handOverTo", "member"],
  ["dns.setPermission", "member"],
  ["dns.clearPermission", "member"],
];

function takeBulk(stage: Stage, caller: Person): void {
  if (caller.id) stage.bulk = insertBulk(stage.sql, caller.id);
}

function takeToken(stage: Stage, caller: Person): void {
  if (caller.id) stage.token = insertToken(stage, caller.id);
}

/** No secret that opens: removing it and making new codes need none. */
function setUpTotp({ sql }: Stage, caller: Person): void {
  if (caller.id)
    sql.run(
      "insert into totp_factors (user_id, secret, confirmed_at, created_at) values (?, 'sealed', 0, 0)",
      caller.id,
    );
}
