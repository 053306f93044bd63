/** Every kind of job there is. */
import { bulkJob } from "#lib/dns/bulk/job.ts";
import { firstLook, laterLooks } from "#lib/dns/claims/check.ts";
import { healthJob } from "#lib/dns/health/health.ts";
import { retentionJob } from "#lib/dns/retention.ts";
import { settleJob } from "#lib/dns/settle.ts";
import { importJob, sweepImports } from "#lib/dns/transfer/import-job.ts";
import { mailNewAddress } from "#lib/links/addresses.ts";
import { mailReset } from "#lib/links/reset.ts";
import { logRetention } from "#lib/log/retention.ts";
import { sendMail } from "#lib/mail/send.ts";
import { mailRegistration } from "#lib/registration/registration.ts";
import { deleteDueAccounts } from "#lib/users/deletion.ts";
import type { JobKind } from "./queue.ts";
import { sweep } from "./sweep.ts";

export const jobKinds: readonly JobKind[] = [
  bulkJob,
  settleJob,
  retentionJob,
  firstLook,
  laterLooks,
  healthJob,
  sweep,
  sendMail,
  mailReset,
  mailNewAddress,
  mailRegistration,
  deleteDueAccounts,
  importJob,
  sweepImports,
  logRetention,
];
