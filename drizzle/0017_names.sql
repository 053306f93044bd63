CREATE TABLE `search_keys` (
	`n` integer PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`id` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `search_keys_id` ON `search_keys` (`kind`,`id`);--> statement-breakpoint
ALTER TABLE `sessions` ADD `visible_at` integer;--> statement-breakpoint
ALTER TABLE `tokens` ADD `visible_at` integer;--> statement-breakpoint
CREATE INDEX `users_suspended` ON `users` (`suspended_at`) WHERE suspended_at is not null;--> statement-breakpoint
CREATE INDEX `users_deletion` ON `users` (`deletion_due_at`) WHERE deletion_due_at is not null;--> statement-breakpoint
CREATE INDEX `users_unverified` ON `users` (`created_at`) WHERE email_verified_at is null;--> statement-breakpoint
CREATE INDEX `organisations_created` ON `organisations` (`created_at`);
--> statement-breakpoint
CREATE VIRTUAL TABLE account_text USING fts5(text, content='', contentless_delete=1, tokenize='trigram');
--> statement-breakpoint
INSERT INTO search_keys (kind, id) SELECT 'account', id FROM users ORDER BY created_at, id;
--> statement-breakpoint
INSERT INTO account_text (rowid, text) SELECT k.n, t.email || char(10) || t.name FROM search_keys k JOIN users t ON t.id = k.id WHERE k.kind = 'account' ORDER BY k.n;
--> statement-breakpoint
CREATE TRIGGER users_found AFTER INSERT ON users
BEGIN
  INSERT INTO search_keys (kind, id) VALUES ('account', new.id);
  INSERT INTO account_text (rowid, text) SELECT n, new.email || char(10) || new.name FROM search_keys WHERE kind = 'account' AND id = new.id;
END;
--> statement-breakpoint
CREATE TRIGGER users_found_otherwise AFTER UPDATE OF email, name ON users
BEGIN
  UPDATE account_text SET text = new.email || char(10) || new.name WHERE rowid = (SELECT n FROM search_keys WHERE kind = 'account' AND id = new.id);
END;
--> statement-breakpoint
CREATE TRIGGER users_found_no_more AFTER DELETE ON users
BEGIN
  DELETE FROM account_text WHERE rowid = (SELECT n FROM search_keys WHERE kind = 'account' AND id = old.id);
  DELETE FROM search_keys WHERE kind = 'account' AND id = old.id;
END;
--> statement-breakpoint
CREATE VIRTUAL TABLE organisation_text USING fts5(text, content='', contentless_delete=1, tokenize='trigram');
--> statement-breakpoint
INSERT INTO search_keys (kind, id) SELECT 'organisation', id FROM organisations ORDER BY created_at, id;
--> statement-breakpoint
INSERT INTO organisation_text (rowid, text) SELECT k.n, t.handle || char(10) || t.name FROM search_keys k JOIN organisations t ON t.id = k.id WHERE k.kind = 'organisation' ORDER BY k.n;
--> statement-breakpoint
CREATE TRIGGER organisations_found AFTER INSERT ON organisations
BEGIN
  INSERT INTO search_keys (kind, id) VALUES ('organisation', new.id);
  INSERT INTO organisation_text (rowid, text) SELECT n, new.handle || char(10) || new.name FROM search_keys WHERE kind = 'organisation' AND id = new.id;
END;
--> statement-breakpoint
CREATE TRIGGER organisations_found_otherwise AFTER UPDATE OF handle, name ON organisations
BEGIN
  UPDATE organisation_text SET text = new.handle || char(10) || new.name WHERE rowid = (SELECT n FROM search_keys WHERE kind = 'organisation' AND id = new.id);
END;
--> statement-breakpoint
CREATE TRIGGER organisations_found_no_more AFTER DELETE ON organisations
BEGIN
  DELETE FROM organisation_text WHERE rowid = (SELECT n FROM search_keys WHERE kind = 'organisation' AND id = old.id);
  DELETE FROM search_keys WHERE kind = 'organisation' AND id = old.id;
END;
--> statement-breakpoint
CREATE VIRTUAL TABLE zone_text USING fts5(text, content='', contentless_delete=1, tokenize='trigram');
--> statement-breakpoint
INSERT INTO search_keys (kind, id) SELECT 'zone', id FROM zones ORDER BY created_at, id;
--> statement-breakpoint
INSERT INTO zone_text (rowid, text) SELECT k.n, t.name FROM search_keys k JOIN zones t ON t.id = k.id WHERE k.kind = 'zone' ORDER BY k.n;
--> statement-breakpoint
CREATE TRIGGER zones_found AFTER INSERT ON zones
BEGIN
  INSERT INTO search_keys (kind, id) VALUES ('zone', new.id);
  INSERT INTO zone_text (rowid, text) SELECT n, new.name FROM search_keys WHERE kind = 'zone' AND id = new.id;
END;
--> statement-breakpoint
CREATE TRIGGER zones_found_otherwise AFTER UPDATE OF name ON zones
BEGIN
  UPDATE zone_text SET text = new.name WHERE rowid = (SELECT n FROM search_keys WHERE kind = 'zone' AND id = new.id);
END;
--> statement-breakpoint
CREATE TRIGGER zones_found_no_more AFTER DELETE ON zones
BEGIN
  DELETE FROM zone_text WHERE rowid = (SELECT n FROM search_keys WHERE kind = 'zone' AND id = old.id);
  DELETE FROM search_keys WHERE kind = 'zone' AND id = old.id;
END;
