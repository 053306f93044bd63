/** What a record type is for: a sentence, an example and the RFC. */
import { recordTypes } from "#lib/dns/types/index.ts";

export function TypeHelp({ type }: { type: string }) {
  const known = recordTypes.get(type);
  if (!known) {
    return (
      <p className="min-w-0 flex-1 text-xs text-dim">
        Written as in a zone file. Of any type: <code>\# 4 c0000201</code>, the number of octets and the octets in
        hexadecimal (RFC 3597).
      </p>
    );
  }
  return (
    <p className="min-w-56 flex-1 text-xs text-dim">
      <strong className="font-semibold">{known.title}.</strong> {known.help} Example:{" "}
      <code className="wrap-anywhere">{known.placeholder}</code> <span className="text-faint">{known.rfc}</span>
    </p>
  );
}
