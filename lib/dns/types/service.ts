/** What SVCB and HTTPS have in common (RFC 9460 §2). */
import { plainText } from "./fields.ts";
import { type FieldSpec, numberField, type RecordType, recordType, targetField } from "./record-type.ts";
import { decodeParameters, readParameter, readParameters } from "./service-parameters.ts";
import { quoteOctets, textToOctets, tokensOf } from "./strings.ts";

/** Parameters that have an input of their own. */
const own: readonly FieldSpec[] = [
  input("alpn", "Protocols", "h2,h3", "Such as h2,h3: what is spoken besides the usual."),
  input("port", "Port", "8443", "Where it is not the usual one."),
  input("ipv4hint", "IPv4 hints", "192.0.2.1", "Addresses to try at once, with commas between them."),
  input("ipv6hint", "IPv6 hints", "2001:db8::1", "Addresses to try at once, with commas between them."),
];

function input(name: string, label: string, placeholder: string, help: string): FieldSpec {
  return { name, label, kind: "text", placeholder, help, optional: true };
}

export function serviceType(
  type: "SVCB" | "HTTPS",
  described: { title: string; help: string; rfc: string },
): RecordType {
  const priority = numberField("priority", "Priority", "1", 2, {
    help: "The lowest is tried first. 0 makes it an alias of the target, without parameters.",
  });
  const target = targetField(
    "target",
    "Target",
    ".",
    "The host that offers the service; a single dot is this name itself.",
  );
  const params = input(
    "params",
    "Other parameters",
    "",
    "Such as ech or mandatory, as key=value with spaces between them.",
  );
  const base = recordType({
    type,
    ...described,
    placeholder: "1 . alpn=h2,h3 port=8443 ipv4hint=192.0.2.1 ipv6hint=2001:db8::1",
    fields: [
      priority,
      target,
      {
        ...params,
        rest: true,
        read: (text) => readParameters(tokensOf(text)),
        decode(wire) {
          const read = decodeParameters(wire);
          if (!read.ok) throw new RangeError(read.reason);
          return read.value;
        },
      },
    ],
    refuse: (rdata): Record<string, string> =>
      rdata.priority === "0" && rdata.params
        ? { priority: "With the priority 0 it is an alias, and has no parameters (RFC 9460 §2.4.2)." }
        : {},
  });

  return {
    ...base,
    fields: [priority, target, ...own, params],
    toFields(content) {
      const fields = base.toFields(content);
      const others: string[] = [];
      for (const token of tokensOf(fields.params ?? "")) {
        const equals = token.indexOf("=");
        const name = token.slice(0, equals === -1 ? token.length : equals);
        if (equals !== -1 && own.some((spec) => spec.name === name)) fields[name] = plainText(token.slice(equals + 1));
        else others.push(token);
      }
      return { ...Object.fromEntries(own.map(({ name }) => [name, ""])), ...fields, params: others.join(" ") };
    },
    fromFields(given, context) {
      const tokens = tokensOf(given.params ?? "");
      const problems: Record<string, string> = {};
      for (const { name } of own) {
        const text = (given[name] ?? "").trim();
        if (text === "") continue;
        const token = `${name}=${text.startsWith('"') ? text : quoteOctets(textToOctets(text))}`;
        const read = readParameter(token);
        if (!read.ok) problems[name] = read.reason;
        else tokens.push(token);
      }
      const made = base.fromFields({ ...given, params: tokens.join(" ") }, context);
      const others = made.ok ? {} : made.fields;
      return Object.keys(problems).length > 0 ? { ok: false, fields: { ...others, ...problems } } : made;
    },
  };
}
