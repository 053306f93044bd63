/** SPF: the type that mail policies once had, given up for TXT (RFC 7208 §3.1). */
import type { RecordType } from "./record-type.ts";
import { txt } from "./txt.ts";

export const spf: RecordType = {
  ...txt,
  type: "SPF",
  title: "Mail policy, deprecated",
  help: "Nobody reads this type any more: a mail policy is a TXT record.",
  rfc: "RFC 7208 §3.1",
  check: () => ["The type SPF is deprecated (RFC 7208 §3.1): put the policy into a TXT record."],
};
