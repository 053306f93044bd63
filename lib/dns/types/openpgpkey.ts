/** OPENPGPKEY: somebody's OpenPGP key (RFC 7929 §2). */
import { base64Field } from "./fields.ts";
import { recordType } from "./record-type.ts";

export const openpgpkey = recordType({
  type: "OPENPGPKEY",
  title: "OpenPGP key",
  help: "The public key of a mail user, at a name made from the address.",
  rfc: "RFC 7929 §2",
  placeholder: "mQENBFl8u5IBCAC7",
  fields: [
    base64Field("key", "Public key", "mQENBFl8u5IBCAC7", "The exported key, in base 64, without its header lines."),
  ],
});
