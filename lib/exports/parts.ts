/**
 * What an export of somebody's data consists of: each table that names accounts, with the columns that leave. What proves who
 * somebody is (hashes, keys, codes, sealed values) is in none of them.
 */

export interface Part {
  /** Its files are called so. */
  name: string;
  /** A query with `$user` and `$email`; its columns are those of the file. */
  query: string;
  /** The tables that it covers. */
  tables: readonly string[];
}

const part = (name: string, tables: string | readonly string[], query: string): Part => ({
  name,
  tables: typeof tables === "string" ? [tables] : tables,
  query,
});

/** Of what somebody else did to the account, who they are is theirs. */
const BY = "case when actor_id = $user then 'you' else actor_type end";

export const parts: readonly Part[] = [
  part(
    "account",
    "users",
    "select id, name, email, email_verified_at, password_hash is not null as has_password, suspended_at, suspended_reason, deletion_due_at, created_at, updated_at from users where id = $user",
  ),
  part(
    "roles",
    "user_roles",
    "select r.name, r.description, u.created_at from user_roles u join roles r on r.id = u.role_id where u.user_id = $user",
  ),
  part(
    "sessions",
    "sessions",
    "select created_at, last_seen_at, expires_at, address, user_agent, method, mfa, confirmed_at from sessions where user_id = $user",
  ),
  part(
    "passkeys",
    "passkeys",
    "select id, name, transports, synced, backed_up, aaguid, counter, created_at, last_used_at from passkeys where user_id = $user",
  ),
  part("authenticator", "totp_factors", "select created_at, confirmed_at from totp_factors where user_id = $user"),
  part("recovery-codes", "recovery_codes", "select created_at from recovery_codes where user_id = $user"),
  part(
    "api-tokens",
    "tokens",
    "select id, name, prefix, mode, permissions, organisations, zones, servers, networks, created_at, expires_at, last_used_at, last_used_address from tokens where user_id = $user",
  ),
  part("links", "account_links", "select kind, email, created_at, expires_at from account_links where user_id = $user"),
  part(
    "organisations",
    "organisation_members",
    "select o.id, o.handle, o.name, m.role, m.created_at from organisation_members m join organisations o on o.id = m.organisation_id where m.user_id = $user",
  ),
  part(
    "invitations-sent",
    "organisation_invites",
    "select i.email, i.role, o.name as organisation, i.created_at, i.expires_at from organisation_invites i join organisations o on o.id = i.organisation_id where i.invited_by = $user",
  ),
  part(
    "invitations-received",
    "organisation_invites",
    "select i.role, o.name as organisation, i.created_at, i.expires_at from organisation_invites i join organisations o on o.id = i.organisation_id where i.email = $email",
  ),
  part(
    "zone-levels",
    "zone_permissions",
    "select z.name as zone, p.can_view, p.can_modify, p.can_delete, p.names, p.types, p.expires_at, p.created_at from zone_permissions p join zones z on z.id = p.zone_id where p.user_id = $user",
  ),
  part(
    "zone-invitations-sent",
    "zone_invites",
    "select i.email, z.name as zone, i.level, i.created_at, i.expires_at from zone_invites i join zones z on z.id = i.zone_id where i.invited_by = $user",
  ),
  part(
    "zone-invitations-received",
    "zone_invites",
    "select z.name as zone, i.level, i.created_at, i.expires_at from zone_invites i join zones z on z.id = i.zone_id where i.email = $email",
  ),
  part(
    "servers",
    "servers",
    "select name, description, uuid, image, state, suspended_at, suspended_reason, created_at from servers where user_id = $user",
  ),
  part(
    "server-backups",
    "server_backups",
    "select s.name as server, b.name, b.state, b.bytes, b.created_at from server_backups b join servers s on s.id = b.server_id where b.created_by = $user",
  ),
  part(
    "server-transfers",
    "server_transfers",
    "select s.name as server, t.from_name as moved_from, t.to_name as moved_to, t.state, t.started_at, t.ended_at from server_transfers t join servers s on s.id = t.server_id where t.started_by = $user",
  ),
  part(
    "server-databases",
    "server_databases",
    "select s.name as server, d.name, d.created_at from server_databases d join servers s on s.id = d.server_id where d.created_by = $user",
  ),
  part(
    "server-access",
    "server_subusers",
    "select s.name as server, p.capabilities, p.expires_at, p.created_at from server_subusers p join servers s on s.id = p.server_id where p.user_id = $user",
  ),
  part(
    "server-invitations-sent",
    "server_invites",
    "select i.email, s.name as server, i.capabilities, i.created_at, i.expires_at from server_invites i join servers s on s.id = i.server_id where i.invited_by = $user",
  ),
  part(
    "server-invitations-received",
    "server_invites",
    "select s.name as server, i.capabilities, i.created_at, i.expires_at from server_invites i join servers s on s.id = i.server_id where i.email = $email",
  ),
  part(
    "server-connections",
    "server_holders",
    "select s.name as server, h.given, h.given_at, h.cut_at from server_holders h join servers s on s.id = h.server_id where h.user_id = $user",
  ),
  part(
    "sftp-passwords",
    "sftp_passwords",
    "select s.name as server, p.created_at, p.last_used_at from sftp_passwords p join servers s on s.id = p.server_id where p.user_id = $user",
  ),
  part("ssh-keys", "ssh_keys", "select name, public_key, fingerprint, created_at from ssh_keys where user_id = $user"),
  part(
    "server-reports",
    "server_reports",
    "select s.name as server, r.event, r.details, r.address, r.at from server_reports r join servers s on s.id = r.server_id where r.user_id = $user",
  ),
  part(
    "zone-requests",
    "zone_claims",
    "select z.name as zone, c.state, c.created_at, c.ends_at from zone_claims c join zones z on z.id = c.zone_id where c.claimed_by = $user",
  ),
  part(
    "zone-changes",
    "zone_changes",
    "select c.id, z.name as zone, c.kind, c.state, c.created_at, c.settled_at from zones z join zone_changes c on c.zone_id = z.id and c.actor_id = $user where z.organisation_id in (select organisation_id from organisation_members where user_id = $user) or z.id in (select zone_id from zone_permissions where user_id = $user)",
  ),
  part(
    "deleted-zones",
    "deleted_zones",
    "select d.name, d.at from deleted_zones d where d.actor_id = $user and d.organisation_id in (select organisation_id from organisation_members where user_id = $user)",
  ),
  part(
    "bulk-changes",
    ["bulks", "bulk_zones"],
    "select id, wanted, state, created_at, finished_at, undone_at from bulks where user_id = $user",
  ),
  part(
    "imports",
    "zone_imports",
    "select id, name, mode, state, message, created_at, finished_at from zone_imports where user_id = $user",
  ),
  part(
    "mails",
    "mails",
    "select template, recipient, subject, text, status, created_at, sent_at from mails where user_id = $user or (recipient = $email and user_id is null)",
  ),
  part(
    "announcements-by-mail",
    "announcement_mails",
    "select a.title, m.status, m.due_at as at from announcement_mails m join announcements a on a.id = m.announcement_id where m.user_id = $user",
  ),
  part(
    "announcements-closed",
    "announcement_dismissals",
    "select a.title, d.at from announcement_dismissals d join announcements a on a.id = d.announcement_id where d.user_id = $user",
  ),
  part("announcements-off", "announcement_optouts", "select at from announcement_optouts where user_id = $user"),
  part(
    "announcements-written",
    "announcements",
    "select title, body, state, created_at from announcements where created_by = $user",
  ),
  part(
    "exports",
    "export_jobs",
    "select id, state, size, downloads, created_at, finished_at, expires_at from export_jobs where user_id = $user",
  ),
  part(
    "deletions",
    "deletions",
    "select state, asked_by, created_at, due_at, ended_at from deletions where user_id = $user",
  ),
  part(
    "rollouts",
    "rollout_people",
    "select r.key, p.forced, p.treatment, p.created_at from rollout_people p join rollouts r on r.id = p.rollout_id where p.user_id = $user",
  ),
  part(
    "short-urls",
    "short_urls",
    "select code, target, note, enabled, clicks, created_at, expires_at from short_urls where created_by = $user",
  ),
  part(
    "feedback",
    "feedback",
    "select release, rating, message, status, reply, replied_at, created_at from feedback where user_id = $user",
  ),
  part(
    "activity",
    "audit_log",
    "select id, at, action, target_type, target_label, outcome, before, after, address from audit_log where actor_id = $user order by at",
  ),
  part(
    "done-to-the-account",
    "audit_log",
    `select id, at, ${BY} as by_whom, action, outcome, before, after from audit_log where target_type = 'account' and target_id = $user order by at`,
  ),
];

/** Tables that name accounts, or might, and are in no part: why. */
export const leftOut: Readonly<Record<string, string>> = {
  challenges: "What waits for an answer for some minutes while somebody signs in.",
  attempts: "Counted failures, gone within hours.",
  registrations: "Addresses without an account, for an hour.",
  mail_secrets: "One-time links.",
  jobs: "Work that is under way, about things that other parts have.",
  zone_health: "Who asked for the last check of a zone: in the activity too.",
};
