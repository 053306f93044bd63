/** Every kind of job there is. */
import { sendMail } from "#lib/mail/send.ts";
import type { JobKind } from "./queue.ts";
import { sweep } from "./sweep.ts";

export const jobKinds: readonly JobKind[] = [sweep, sendMail];
