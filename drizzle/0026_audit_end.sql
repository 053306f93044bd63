DROP TRIGGER audit_log_no_update;
--> statement-breakpoint
DROP TRIGGER audit_log_no_delete;
--> statement-breakpoint
CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log
WHEN NOT (
  new.id IS old.id AND new.at IS old.at AND new.actor_type IS old.actor_type AND new.actor_id IS old.actor_id
  AND new.action IS old.action AND new.target_type IS old.target_type AND new.target_id IS old.target_id
  AND new.organisation_id IS old.organisation_id AND new.outcome IS old.outcome AND new.as_staff IS old.as_staff
  AND new.address IS old.address AND new.request_id IS old.request_id AND new.batch_id IS old.batch_id
  AND EXISTS (
    SELECT 1 FROM (SELECT json_extract(payload, '$.user') AS user, json_extract(payload, '$.email') AS email, json_extract(payload, '$.at') AS at
      FROM jobs WHERE kind = 'accounts.name-no-more' AND state = 'running') gone
    WHERE old.at <= gone.at AND NOT EXISTS (SELECT 1 FROM users WHERE id = gone.user) AND (
      (coalesce(old.actor_id, '') = gone.user OR (old.target_type = 'account' AND coalesce(old.target_id, '') = gone.user))
        AND new.actor_label IN (old.actor_label, 'deleted account') AND new.target_label IN (old.target_label, 'deleted account')
      OR replace(new.actor_label, 'deleted account', gone.email) = replace(old.actor_label, 'deleted account', gone.email)
        AND replace(new.target_label, 'deleted account', gone.email) = replace(old.target_label, 'deleted account', gone.email)
        AND replace(new.before, 'deleted account', gone.email) IS replace(old.before, 'deleted account', gone.email)
        AND replace(new.after, 'deleted account', gone.email) IS replace(old.after, 'deleted account', gone.email)
    )
  )
)
BEGIN
  SELECT RAISE(ABORT, 'the audit log is never changed');
END;
--> statement-breakpoint
CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log
WHEN old.at >= unixepoch('subsec') * 1000 - 86400000 * max(90, CAST(coalesce((SELECT value FROM settings WHERE key = 'logs.audit_days'), 365) AS INTEGER))
BEGIN
  SELECT RAISE(ABORT, 'the audit log is never shortened but at its end');
END;
