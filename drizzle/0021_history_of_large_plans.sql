CREATE TABLE `zone_change_places` (
	`change_id` text NOT NULL,
	`part` integer NOT NULL,
	`names` text NOT NULL,
	`types` text NOT NULL,
	PRIMARY KEY(`change_id`, `part`),
	FOREIGN KEY (`change_id`) REFERENCES `zone_changes`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `zone_changes_large` ON `zone_changes` (`zone_id`,`more_steps`) WHERE more_steps > 0;--> statement-breakpoint
INSERT INTO `zone_change_places` (`change_id`, `part`, `names`, `types`)
SELECT `change_id`, `part`,
	(SELECT char(10) || coalesce(group_concat(`name`, char(10)), '') || char(10) FROM (SELECT DISTINCT value ->> 'name' AS `name` FROM json_each(`zone_change_parts`.`plan`))),
	(SELECT char(10) || coalesce(group_concat(`type`, char(10)), '') || char(10) FROM (SELECT DISTINCT value ->> 'type' AS `type` FROM json_each(`zone_change_parts`.`plan`)))
FROM `zone_change_parts`;
