ALTER TABLE `servers` ADD `problem` text;--> statement-breakpoint
CREATE UNIQUE INDEX `servers_allocation` ON `servers` (`allocation_id`);--> statement-breakpoint
CREATE INDEX `allocations_free` ON `allocations` (`node_id`,`server_id`);--> statement-breakpoint
CREATE VIRTUAL TABLE server_text USING fts5(text, content='', contentless_delete=1, tokenize='trigram');
--> statement-breakpoint
INSERT INTO search_keys (kind, id) SELECT 'server', id FROM servers ORDER BY created_at, id;
--> statement-breakpoint
INSERT INTO server_text (rowid, text) SELECT k.n, t.uuid || char(10) || t.name FROM search_keys k JOIN servers t ON t.id = k.id WHERE k.kind = 'server' ORDER BY k.n;
--> statement-breakpoint
CREATE TRIGGER servers_found AFTER INSERT ON servers
BEGIN
  INSERT INTO search_keys (kind, id) VALUES ('server', new.id);
  INSERT INTO server_text (rowid, text) SELECT n, new.uuid || char(10) || new.name FROM search_keys WHERE kind = 'server' AND id = new.id;
END;
--> statement-breakpoint
CREATE TRIGGER servers_found_otherwise AFTER UPDATE OF name ON servers
BEGIN
  UPDATE server_text SET text = new.uuid || char(10) || new.name WHERE rowid = (SELECT n FROM search_keys WHERE kind = 'server' AND id = new.id);
END;
--> statement-breakpoint
CREATE TRIGGER servers_found_no_more AFTER DELETE ON servers
BEGIN
  DELETE FROM server_text WHERE rowid = (SELECT n FROM search_keys WHERE kind = 'server' AND id = old.id);
  DELETE FROM search_keys WHERE kind = 'server' AND id = old.id;
END;
