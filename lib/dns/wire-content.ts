/** Records of a DNS message in canonical presentation form. Pure. */
import type { Answer, CaaData, DnskeyData, DsData, MxData, SoaData, SrvData } from "dns-packet";
import { canonicalContent } from "./types/index.ts";
import { quoteOctets } from "./types/strings.ts";

export interface WireRecord {
  /** Absolute, lower case. */
  name: string;
  type: string;
  ttl: number;
  content: string;
}

/** Null for what is no record of a zone (OPT). */
export function wireRecord(answer: Answer): WireRecord | null {
  if (answer.type === "OPT") return null;
  const type = String(answer.type).replace(/^UNKNOWN_/, "TYPE");
  const written = presentation(type, answer.data);
  const canonical = canonicalContent(type, written, ".");
  return {
    name: absolute(answer.name),
    type,
    ttl: answer.ttl ?? 0,
    content: canonical.ok ? canonical.value : written,
  };
}

/** Types that are not spelt out here come as RFC 3597 writes them. */
function presentation(type: string, data: unknown): string {
  switch (type) {
    case "A":
    case "AAAA":
      return String(data);
    case "CNAME":
    case "DNAME":
    case "NS":
    case "PTR":
      return absolute(String(data));
    case "MX": {
      const { preference = 0, exchange } = data as MxData;
      return `${preference} ${absolute(exchange)}`;
    }
    case "SRV": {
      const { priority = 0, weight = 0, port, target } = data as SrvData;
      return `${priority} ${weight} ${port} ${absolute(target)}`;
    }
    case "TXT":
      return (data as Buffer[]).map(quoteOctets).join(" ");
    case "CAA": {
      const { flags = 0, tag, value } = data as CaaData;
      return `${flags} ${tag} ${quoteOctets(Buffer.from(value))}`;
    }
    case "SOA": {
      const { mname, rname, serial, refresh, retry, expire, minimum } = data as SoaData;
      return [absolute(mname), absolute(rname), serial, refresh, retry, expire, minimum].join(" ");
    }
    case "DS":
    case "CDS": {
      if (Buffer.isBuffer(data)) return dsOf(data);
      const { keyTag, algorithm, digestType, digest } = data as DsData;
      return `${keyTag} ${algorithm} ${digestType} ${digest.toString("hex")}`;
    }
    case "DNSKEY": {
      const { flags, algorithm, key } = data as DnskeyData;
      return `${flags} 3 ${algorithm} ${key.toString("base64")}`;
    }
    default:
      return Buffer.isBuffer(data) ? `\\# ${data.length} ${data.toString("hex")}`.trim() : JSON.stringify(data);
  }
}

/** CDS has the form of DS (RFC 7344 §3.1). */
const dsOf = (rdata: Buffer): string =>
  rdata.length < 4
    ? `\\# ${rdata.length} ${rdata.toString("hex")}`.trim()
    : `${rdata.readUInt16BE(0)} ${rdata[2]} ${rdata[3]} ${rdata.subarray(4).toString("hex")}`;

const absolute = (name: string): string => `${name.toLowerCase().replace(/\.$/, "")}.`;
