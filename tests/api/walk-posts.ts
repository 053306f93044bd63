/** What the walk's calls about announcements, exports, deletions, mails, short addresses and feedback are about. */

import type { Person } from "../support/panel.ts";
import { fresh, type Stage } from "../support/stage.ts";

type Values = Record<string, unknown>;
type Samples = Record<string, (stage: Stage, caller: Person) => Values>;

const announcement = {
  title: "Maintenance",
  body: "On Sunday.",
  audience: { kind: "everyone" },
  banner: true,
  mail: true,
};

export const postSamples: Samples = {
  "outbox.open": ({ sql }) => ({ mail: insertMail(sql, "sent") }),
  "outbox.resend": ({ sql }) => ({ mail: insertMail(sql, "sent") }),
  "outbox.cancel": ({ sql }) => ({ mail: insertMail(sql, "queued") }),
  "announcements.close": ({ sql }) => ({ announcement: insertAnnouncement(sql, "sent") }),
  "announcements.prefer": () => ({ mail: false }),
  "announcements.unsubscribeByLink": () => ({ token: "none that was given" }),
  "staffAnnouncements.open": ({ sql }) => ({ announcement: insertAnnouncement(sql, "sent") }),
  "staffAnnouncements.create": () => announcement,
  "staffAnnouncements.edit": ({ sql }) => ({ announcement: insertAnnouncement(sql, "draft"), ...announcement }),
  "staffAnnouncements.look": () => ({ body: "On Sunday.", audience: { kind: "everyone" } }),
  "staffAnnouncements.send": ({ sql }) => ({ announcement: insertAnnouncement(sql, "draft") }),
  "staffAnnouncements.cancel": ({ sql }) => ({ announcement: insertAnnouncement(sql, "sent") }),
  "staffAnnouncements.remove": ({ sql }) => ({ announcement: insertAnnouncement(sql, "draft") }),
  "staffAnnouncements.retry": ({ sql, member }) => {
    const announcement = insertAnnouncement(sql, "sent");
    sql.run(
      "insert into announcement_mails (announcement_id, user_id, status, due_at) values (?, ?, 'failed', 0)",
      announcement,
      member.id,
    );
    return { announcement, users: [member.id] };
  },
  "exports.fetchOwn": ({ sql }, caller) => ({ export: insertExport(sql, caller.id, "ready") }),
  "exports.cancelOwn": ({ sql }, caller) => ({ export: insertExport(sql, caller.id, "queued") }),
  "exports.removeOwn": ({ sql }, caller) => ({ export: insertExport(sql, caller.id, "ready") }),
  "staffExports.open": ({ sql, bare }) => ({ export: insertExport(sql, bare.id, "ready") }),
  "staffExports.start": ({ bare }) => ({ user: bare.id }),
  "staffExports.retry": ({ sql, bare }) => ({ export: insertExport(sql, bare.id, "failed") }),
  "staffExports.cancel": ({ sql, bare }) => ({ export: insertExport(sql, bare.id, "queued") }),
  "staffExports.download": ({ sql, bare }) => ({ export: insertExport(sql, bare.id, "ready") }),
  "staffExports.remove": ({ sql, bare }) => ({ export: insertExport(sql, bare.id, "failed") }),
  "staffDeletions.open": ({ sql, bare }) => ({ deletion: insertDeletion(sql, bare.id) }),
  "staffDeletions.cancel": ({ sql, bare }) => ({ deletion: insertDeletion(sql, bare.id) }),
  "staffDeletions.expedite": ({ sql, bare }) => ({ deletion: insertDeletion(sql, bare.id) }),
  "staffDeletions.choose": ({ sql, bare }) => ({ deletion: insertDeletion(sql, bare.id), choices: [] }),
  "shortUrls.open": ({ sql }) => ({ shortUrl: insertShortUrl(sql) }),
  "shortUrls.create": () => ({ target: "https://example.org/" }),
  "shortUrls.edit": ({ sql }) => ({ shortUrl: insertShortUrl(sql), enabled: false }),
  "shortUrls.remove": ({ sql }) => ({ shortUrl: insertShortUrl(sql) }),
  "feedback.give": () => ({ rating: 4, message: "Quick." }),
  "staffFeedback.open": ({ sql, member }) => ({ feedback: insertFeedback(sql, member.id) }),
  "staffFeedback.mark": ({ sql, member }) => ({ feedback: insertFeedback(sql, member.id), status: "planned" }),
  "staffFeedback.reply": ({ sql, member }) => ({ feedback: insertFeedback(sql, member.id), text: "Thank you." }),
  "staffFeedback.remove": ({ sql, member }) => ({ feedback: insertFeedback(sql, member.id) }),
};

type Sql = Stage["sql"];

export function insertMail(sql: Sql, status: string): string {
  const id = `mail-${fresh()}`;
  sql.run(
    "insert into mails (id, template, recipient, subject, text, status, message_id, created_at, due_at) values (?, 'security', 'a@example.org', 'S', 'T', ?, '<a@b>', 0, 0)",
    id,
    status,
  );
  return id;
}

function insertAnnouncement(sql: Sql, state: string): string {
  const id = `announcement-${fresh()}`;
  sql.run(
    `insert into announcements (id, title, body, audience, banner, mail, state, starts_at, ends_at, created_at, updated_at) values (?, 'T', 'B', '{"kind":"everyone"}', 1, 0, ?, 1, 9e15, 0, 0)`,
    id,
    state,
  );
  return id;
}

/** Whoever is nobody has none. */
function insertExport(sql: Sql, user: string, state: string): string {
  const id = `export-${fresh()}`;
  sql.run(
    "insert into export_jobs (id, user_id, state, created_at, expires_at) select ?, id, ?, 0, 9e15 from users where id = ?",
    id,
    state,
    user,
  );
  return id;
}

function insertDeletion(sql: Sql, user: string): string {
  const id = `deletion-${fresh()}`;
  sql.run("update users set deletion_due_at = 9e15 where id = ?", user);
  sql.run(
    "insert into deletions (id, user_id, asked_by, choices, state, created_at, chosen_at, due_at) values (?, ?, 'self', '[]', 'waiting', 0, 0, 9e15)",
    id,
    user,
  );
  return id;
}

function insertShortUrl(sql: Sql): string {
  const id = `short-${fresh()}`;
  sql.run(
    "insert into short_urls (id, code, target, created_at, updated_at) values (?, ?, 'https://example.org/', 0, 0)",
    id,
    id,
  );
  return id;
}

function insertFeedback(sql: Sql, user: string): string {
  const id = `feedback-${fresh()}`;
  sql.run(
    "insert into feedback (id, user_id, release, rating, message, created_at, updated_at) values (?, ?, ?, 3, 'M', 0, 0)",
    id,
    user,
    id,
  );
  return id;
}
