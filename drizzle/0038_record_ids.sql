CREATE INDEX `rrset_rows_first` ON `rrset_rows` (`generation`,records ->> '$[0].id');--> statement-breakpoint
CREATE INDEX `rrset_rows_several` ON `rrset_rows` (`generation`) WHERE record_count > 1;
