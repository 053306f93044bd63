CREATE VIRTUAL TABLE export_text USING fts5(text, content='', contentless_delete=1, tokenize='trigram');
--> statement-breakpoint
INSERT INTO search_keys (kind, id) SELECT 'export', id FROM export_jobs ORDER BY created_at, id;
--> statement-breakpoint
INSERT INTO export_text (rowid, text) SELECT k.n, coalesce((SELECT email || char(10) || name FROM users WHERE id = t.user_id), '') FROM search_keys k JOIN export_jobs t ON t.id = k.id WHERE k.kind = 'export' ORDER BY k.n;
--> statement-breakpoint
CREATE TRIGGER export_jobs_found AFTER INSERT ON export_jobs
BEGIN
  INSERT INTO search_keys (kind, id) VALUES ('export', new.id);
  INSERT INTO export_text (rowid, text) SELECT n, coalesce((SELECT email || char(10) || name FROM users WHERE id = new.user_id), '') FROM search_keys WHERE kind = 'export' AND id = new.id;
END;
--> statement-breakpoint
CREATE TRIGGER export_jobs_found_otherwise AFTER UPDATE OF user_id ON export_jobs
BEGIN
  UPDATE export_text SET text = coalesce((SELECT email || char(10) || name FROM users WHERE id = new.user_id), '') WHERE rowid = (SELECT n FROM search_keys WHERE kind = 'export' AND id = new.id);
END;
--> statement-breakpoint
CREATE TRIGGER export_jobs_found_no_more AFTER DELETE ON export_jobs
BEGIN
  DELETE FROM export_text WHERE rowid = (SELECT n FROM search_keys WHERE kind = 'export' AND id = old.id);
  DELETE FROM search_keys WHERE kind = 'export' AND id = old.id;
END;
--> statement-breakpoint
CREATE TRIGGER users_found_by_export_jobs AFTER UPDATE OF email, name ON users
BEGIN
  UPDATE export_text SET text = new.email || char(10) || new.name WHERE rowid IN (SELECT k.n FROM export_jobs t JOIN search_keys k ON k.kind = 'export' AND k.id = t.id WHERE t.user_id = new.id);
END;
--> statement-breakpoint
CREATE VIRTUAL TABLE deletion_text USING fts5(text, content='', contentless_delete=1, tokenize='trigram');
--> statement-breakpoint
INSERT INTO search_keys (kind, id) SELECT 'deletion', id FROM deletions ORDER BY created_at, id;
--> statement-breakpoint
INSERT INTO deletion_text (rowid, text) SELECT k.n, coalesce((SELECT email || char(10) || name FROM users WHERE id = t.user_id), '') FROM search_keys k JOIN deletions t ON t.id = k.id WHERE k.kind = 'deletion' ORDER BY k.n;
--> statement-breakpoint
CREATE TRIGGER deletions_found AFTER INSERT ON deletions
BEGIN
  INSERT INTO search_keys (kind, id) VALUES ('deletion', new.id);
  INSERT INTO deletion_text (rowid, text) SELECT n, coalesce((SELECT email || char(10) || name FROM users WHERE id = new.user_id), '') FROM search_keys WHERE kind = 'deletion' AND id = new.id;
END;
--> statement-breakpoint
CREATE TRIGGER deletions_found_otherwise AFTER UPDATE OF user_id ON deletions
BEGIN
  UPDATE deletion_text SET text = coalesce((SELECT email || char(10) || name FROM users WHERE id = new.user_id), '') WHERE rowid = (SELECT n FROM search_keys WHERE kind = 'deletion' AND id = new.id);
END;
--> statement-breakpoint
CREATE TRIGGER deletions_found_no_more AFTER DELETE ON deletions
BEGIN
  DELETE FROM deletion_text WHERE rowid = (SELECT n FROM search_keys WHERE kind = 'deletion' AND id = old.id);
  DELETE FROM search_keys WHERE kind = 'deletion' AND id = old.id;
END;
--> statement-breakpoint
CREATE TRIGGER users_found_by_deletions AFTER UPDATE OF email, name ON users
BEGIN
  UPDATE deletion_text SET text = new.email || char(10) || new.name WHERE rowid IN (SELECT k.n FROM deletions t JOIN search_keys k ON k.kind = 'deletion' AND k.id = t.id WHERE t.user_id = new.id);
END;
--> statement-breakpoint
CREATE VIRTUAL TABLE feedback_text USING fts5(text, content='', contentless_delete=1, tokenize='trigram');
--> statement-breakpoint
INSERT INTO search_keys (kind, id) SELECT 'feedback', id FROM feedback ORDER BY created_at, id;
--> statement-breakpoint
INSERT INTO feedback_text (rowid, text) SELECT k.n, coalesce((SELECT email || char(10) || name || char(10) || t.message FROM users WHERE id = t.user_id), '') FROM search_keys k JOIN feedback t ON t.id = k.id WHERE k.kind = 'feedback' ORDER BY k.n;
--> statement-breakpoint
CREATE TRIGGER feedback_found AFTER INSERT ON feedback
BEGIN
  INSERT INTO search_keys (kind, id) VALUES ('feedback', new.id);
  INSERT INTO feedback_text (rowid, text) SELECT n, coalesce((SELECT email || char(10) || name || char(10) || new.message FROM users WHERE id = new.user_id), '') FROM search_keys WHERE kind = 'feedback' AND id = new.id;
END;
--> statement-breakpoint
CREATE TRIGGER feedback_found_otherwise AFTER UPDATE OF user_id, message ON feedback
BEGIN
  UPDATE feedback_text SET text = coalesce((SELECT email || char(10) || name || char(10) || new.message FROM users WHERE id = new.user_id), '') WHERE rowid = (SELECT n FROM search_keys WHERE kind = 'feedback' AND id = new.id);
END;
--> statement-breakpoint
CREATE TRIGGER feedback_found_no_more AFTER DELETE ON feedback
BEGIN
  DELETE FROM feedback_text WHERE rowid = (SELECT n FROM search_keys WHERE kind = 'feedback' AND id = old.id);
  DELETE FROM search_keys WHERE kind = 'feedback' AND id = old.id;
END;
--> statement-breakpoint
CREATE TRIGGER users_found_by_feedback AFTER UPDATE OF email, name ON users
BEGIN
  UPDATE feedback_text SET text = new.email || char(10) || new.name || char(10) || (SELECT t.message FROM search_keys k JOIN feedback t ON t.id = k.id WHERE k.n = feedback_text.rowid) WHERE rowid IN (SELECT k.n FROM feedback t JOIN search_keys k ON k.kind = 'feedback' AND k.id = t.id WHERE t.user_id = new.id);
END;
