-- Addresses that belong to an account, also those that it had before.
CREATE TEMP TABLE known_addresses AS
  SELECT lower(email) AS address FROM users
  UNION SELECT lower(before ->> '$.email') FROM audit_log
    WHERE target_type = 'account' AND target_id IN (SELECT id FROM users) AND before ->> '$.email' IS NOT NULL;
--> statement-breakpoint
-- When the last account went whose name was taken out already, so that nobody can look for it again.
CREATE TEMP TABLE last_gone AS
  SELECT coalesce(max(at), -1) AS at FROM audit_log
    WHERE action = 'accounts.delete' AND target_type = 'account' AND target_label = 'deleted account';
--> statement-breakpoint
DROP TRIGGER audit_log_no_update;
--> statement-breakpoint
-- What a file of a tab was asked for was noted as a query string. Taken apart, an address in it is found by whoever hides or
-- erases it; one that nobody has any more may be that of an account that went.
WITH RECURSIVE
  parts(entry, n, part, rest) AS (
    SELECT id, 0, '', ltrim(after ->> '$.query', '?') || '&' FROM audit_log
      WHERE action = 'staff.csv' AND json_type(after, '$.query') = 'text'
    UNION ALL
    SELECT entry, n + 1, substr(rest, 1, instr(rest, '&') - 1), substr(rest, instr(rest, '&') + 1) FROM parts WHERE rest <> ''
  ),
  encoded(entry, n, is_name, text) AS (
    SELECT entry, n, 1, substr(part, 1, instr(part || '=', '=') - 1) FROM parts WHERE part <> ''
    UNION ALL
    SELECT entry, n, 0, substr(part, instr(part || '=', '=') + 1) FROM parts WHERE part <> ''
  ),
  octets(entry, n, is_name, octets, rest) AS (
    SELECT entry, n, is_name, '', replace(text, '+', ' ') FROM encoded
    UNION ALL
    SELECT entry, n, is_name,
      octets || hex(substr(rest, 1, instr(rest || '%', '%') - 1)) || CASE
        WHEN instr(rest, '%') = 0 THEN ''
        WHEN substr(rest, instr(rest, '%') + 1, 2) GLOB '[0-9A-Fa-f][0-9A-Fa-f]' THEN substr(rest, instr(rest, '%') + 1, 2)
        ELSE '25' END,
      CASE
        WHEN instr(rest, '%') = 0 THEN ''
        WHEN substr(rest, instr(rest, '%') + 1, 2) GLOB '[0-9A-Fa-f][0-9A-Fa-f]' THEN substr(rest, instr(rest, '%') + 3)
        ELSE substr(rest, instr(rest, '%') + 1) END
    FROM octets WHERE rest <> ''
  ),
  decoded AS (
    SELECT name.entry, name.n, CAST(unhex(name.octets) AS TEXT) AS name, CAST(unhex(value.octets) AS TEXT) AS value
    FROM octets name JOIN octets value ON value.entry = name.entry AND value.n = name.n
    WHERE name.is_name = 1 AND value.is_name = 0 AND name.rest = '' AND value.rest = ''
  ),
  named AS (
    SELECT d.entry, d.n, d.name, CASE
      WHEN d.value LIKE '%_@_%' AND a.at <= (SELECT at FROM last_gone)
        AND NOT EXISTS (SELECT 1 FROM known_addresses WHERE instr(address, lower(trim(d.value))) > 0) THEN 'deleted account'
      ELSE d.value END AS value
    FROM decoded d JOIN audit_log a ON a.id = d.entry
  ),
  fields AS (
    SELECT entry, name, CASE WHEN count(*) = 1 THEN json_quote(max(value)) ELSE json_group_array(value ORDER BY n) END AS value
    FROM named GROUP BY entry, name
  )
UPDATE audit_log SET after = json_set(after, '$.query',
  json(coalesce((SELECT json_group_object(name, json(value)) FROM fields WHERE entry = audit_log.id), '{}')))
WHERE action = 'staff.csv' AND json_type(after, '$.query') = 'text';
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
-- From where an account acted that is gone is kept in the audit log alone.
UPDATE zone_changes SET actor_label = 'deleted account',
  actor = json_set(actor, '$.label', 'deleted account', '$.address', NULL, '$.requestId', NULL)
WHERE actor_type IN ('user', 'token') AND actor_id IS NOT NULL AND actor_id NOT IN (SELECT id FROM users);
--> statement-breakpoint
UPDATE deleted_zones SET actor_label = 'deleted account'
WHERE actor_label LIKE '%_@_%' AND actor_id IS NOT NULL AND actor_id NOT IN (SELECT id FROM users);
--> statement-breakpoint
UPDATE schedule_steps SET author = json_set(author, '$.address', NULL, '$.requestId', NULL)
WHERE author_id NOT IN (SELECT id FROM users);
--> statement-breakpoint
UPDATE schedule_runs SET steps = (
  SELECT json_group_array(CASE
    WHEN value ->> '$.author' ->> '$.id' IN (SELECT id FROM users) THEN json(value)
    ELSE json_set(value, '$.author', '' || json_set(value ->> '$.author', '$.address', NULL, '$.requestId', NULL)) END ORDER BY key)
  FROM json_each(schedule_runs.steps)
)
WHERE EXISTS (
  SELECT 1 FROM json_each(schedule_runs.steps) WHERE value ->> '$.author' ->> '$.id' NOT IN (SELECT id FROM users)
);
--> statement-breakpoint
-- Runs name who began them, and with which token, by the address alone.
UPDATE schedule_runs SET by_label = 'deleted account'
WHERE by_label LIKE '%_@_%' AND started_at <= (SELECT at FROM last_gone)
  AND lower(substr(by_label, 1, instr(by_label || ' (', ' (') - 1)) NOT IN (SELECT address FROM known_addresses);
--> statement-breakpoint
DROP TABLE known_addresses;
--> statement-breakpoint
DROP TABLE last_gone;
