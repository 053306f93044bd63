/** Every kind of job there is. */
import { sendAnnouncement } from "#lib/announcements/delivery.ts";
import { startAnnouncements } from "#lib/announcements/start.ts";
import { nameNoMore, stillNamed } from "#lib/audit/erased.ts";
import { auditRetention } from "#lib/audit/retention.ts";
import { dropDatabase, setPassword, settleDatabases } from "#lib/databases/job.ts";
import { bulkJob } from "#lib/dns/bulk/job.ts";
import { firstLook, laterLooks } from "#lib/dns/claims/check.ts";
import { firstRecords } from "#lib/dns/claims/first-records.ts";
import { compareDaily } from "#lib/dns/compare-daily.ts";
import { healthJob } from "#lib/dns/health/health.ts";
import { orderJob } from "#lib/dns/large/in-order.ts";
import { retentionJob } from "#lib/dns/retention.ts";
import { settleJob } from "#lib/dns/settle.ts";
import { importJob, sweepImports } from "#lib/dns/transfer/import-job.ts";
import { makeExport, sweepExports } from "#lib/exports/exports.ts";
import { mailNewAddress } from "#lib/links/addresses.ts";
import { mailReset } from "#lib/links/reset.ts";
import { logRetention } from "#lib/log/retention.ts";
import { sendMail } from "#lib/mail/send.ts";
import { askNodes } from "#lib/nodes/health.ts";
import { hearNodes } from "#lib/nodes/reaches-panel.ts";
import { mailRegistration } from "#lib/registration/registration.ts";
import { takeWhatEnded } from "#lib/servers/ended.ts";
import { creating, reinstalling, removing } from "#lib/servers/jobs.ts";
import { endOverdueWork } from "#lib/servers/overdue.ts";
import { runDue, runStep } from "#lib/servers/schedules/run.ts";
import { syncing } from "#lib/servers/sync.ts";
import { clearing, endOverdue } from "#lib/servers/transfer/ending.ts";
import { startingAgain } from "#lib/servers/transfer/start-again.ts";
import { sending } from "#lib/servers/transfer/transfer.ts";
import { sampling } from "#lib/servers/use/sampling.ts";
import { deleteDueAccounts, deleteSoon } from "#lib/users/deletion.ts";
import { deauthorizing } from "#lib/wings/deauthorize.ts";
import type { JobKind } from "./queue.ts";
import { sweep } from "./sweep.ts";

export const jobKinds: readonly JobKind[] = [
  bulkJob,
  settleJob,
  compareDaily,
  orderJob,
  retentionJob,
  firstLook,
  laterLooks,
  firstRecords,
  healthJob,
  sweep,
  sendMail,
  startAnnouncements,
  sendAnnouncement,
  makeExport,
  sweepExports,
  mailReset,
  mailNewAddress,
  mailRegistration,
  deleteDueAccounts,
  deleteSoon,
  nameNoMore,
  stillNamed,
  importJob,
  sweepImports,
  logRetention,
  auditRetention,
  askNodes,
  hearNodes,
  sampling,
  deauthorizing,
  syncing,
  takeWhatEnded,
  dropDatabase,
  setPassword,
  settleDatabases,
  creating,
  reinstalling,
  removing,
  sending,
  clearing,
  endOverdue,
  endOverdueWork,
  startingAgain,
  runDue,
  runStep,
];
