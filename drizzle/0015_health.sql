CREATE TABLE `zone_health` (
	`zone_id` text PRIMARY KEY NOT NULL,
	`started_at` integer NOT NULL,
	`finished_at` integer,
	`asked_by` text NOT NULL,
	`result` text,
	FOREIGN KEY (`zone_id`) REFERENCES `zones`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
