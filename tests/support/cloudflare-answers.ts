/** The Cloudflare fake's answers: envelopes, pages, and what is shown of zones and records. */
import type * as z from "zod";
import type { RecordQuery, ZoneQuery } from "./cloudflare-schemas.ts";
import { type FakeRecord, FakeRefusal, type FakeZone, newId } from "./cloudflare-zone.ts";

type Json = Record<string, unknown>;

export interface Answer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

export const ok = (result: unknown, info?: Json): Answer => ({
  status: 200,
  body: { success: true, errors: [], messages: [], result, ...(info ? { result_info: info } : {}) },
});

export const failure = (errors: unknown[]): Json => ({ success: false, errors, messages: [], result: null });

export const limited = (seconds: number): Answer => ({
  status: 429,
  body: failure([{ code: 10429, message: "Rate limited. Please wait and consider throttling your request speed" }]),
  headers: { "retry-after": String(seconds) },
});

export const noRoute = (path: string) => new FakeRefusal(404, 7003, `Could not route to ${path}`);

function page<T>(
  items: readonly T[],
  query: { page?: number | undefined; per_page?: number | undefined },
  size: number,
  show: (item: T) => unknown,
): Answer {
  const per = query.per_page ?? size;
  const at = query.page ?? 1;
  const part = items.slice((at - 1) * per, at * per).map(show);
  return ok(part, {
    page: at,
    per_page: per,
    count: part.length,
    total_count: items.length,
    total_pages: Math.ceil(items.length / per),
  });
}

export function listZones(query: z.infer<typeof ZoneQuery>, all: readonly FakeZone[]): Answer {
  const [, operator = "equal", value = ""] =
    /^(?:(equal|ends_with|starts_with|contains):)?(.*)$/.exec(query.name ?? "") ?? [];
  const named = ({ name }: FakeZone) =>
    query.name === undefined ||
    (operator === "ends_with"
      ? name.endsWith(value)
      : operator === "starts_with"
        ? name.startsWith(value)
        : operator === "contains"
          ? name.includes(value)
          : name === value);
  const account = query["account.id"];
  const found = all.filter(
    (zone) => named(zone) && (account === undefined || zone.account === account) && zone.type !== "internal",
  );
  return page(found, query, 20, shownZone);
}

export function listRecords(zone: FakeZone, query: z.infer<typeof RecordQuery>): Answer {
  const said = query as Partial<Record<string, string>>;
  const passes = (field: "name" | "content" | "comment", record: FakeRecord): boolean | undefined => {
    const value = (record[field] ?? "").toLowerCase();
    const tests = {
      "": (wanted: string) => value === wanted,
      ".exact": (wanted: string) => value === wanted,
      ".contains": (wanted: string) => value.includes(wanted),
      ".startswith": (wanted: string) => value.startsWith(wanted),
      ".endswith": (wanted: string) => value.endsWith(wanted),
    };
    const asked = Object.entries(tests).filter(([suffix]) => said[`${field}${suffix}`] !== undefined);
    return asked.length === 0
      ? undefined
      : asked.every(([suffix, test]) => test(String(said[`${field}${suffix}`]).toLowerCase()));
  };
  const found = [...zone.records.values()].filter((record) => {
    const verdicts = [
      passes("name", record),
      passes("content", record),
      passes("comment", record),
      query.type && record.type === query.type,
    ].filter((verdict) => verdict !== undefined);
    return query.match === "any" && verdicts.length > 0 ? verdicts.some(Boolean) : verdicts.every(Boolean);
  });
  const by = query.order ?? "type";
  found.sort((a, b) => (String(a[by]) < String(b[by]) ? -1 : String(a[by]) > String(b[by]) ? 1 : 0));
  if (query.direction === "desc") found.reverse();
  return page(found, query, 100, shown);
}

export const shown = (record: FakeRecord): Json => ({
  ...record,
  proxiable: ["A", "AAAA", "CNAME"].includes(record.type),
  ...(record.comment === null ? {} : { comment_modified_on: record.modified_on }),
  ...(record.tags.length === 0 ? {} : { tags_modified_on: record.modified_on }),
});

export const shownZone = (zone: FakeZone): Json => ({
  id: zone.id,
  name: zone.name,
  status: zone.status,
  paused: zone.paused,
  type: zone.type,
  development_mode: 0,
  name_servers: zone.nameServers,
  original_name_servers: ["ns1.elsewhere.test"],
  original_registrar: null,
  original_dnshost: null,
  created_on: "2026-01-01T00:00:00Z",
  modified_on: "2026-01-01T00:00:00Z",
  activated_on: zone.status === "active" ? "2026-01-02T00:00:00Z" : null,
  meta: { step: 2, page_rule_quota: 3, phishing_detected: false },
  owner: { id: null, type: "user", name: null },
  account: { id: zone.account, name: "Fake account" },
  permissions: zone.permissions ?? ["#dns_records:read", "#dns_records:edit", "#zone:read", "#zone:edit"],
  plan: { id: newId(), name: `${zone.plan} plan`, legacy_id: zone.plan },
});

export const shownDnssec = ({ name, dnssec }: FakeZone): Json => {
  const off = dnssec.status === "disabled";
  return {
    status: dnssec.status,
    flags: off ? null : 257,
    algorithm: off ? null : "13",
    key_type: off ? null : "ECDSAP256SHA256",
    digest_type: off ? null : "2",
    digest_algorithm: off ? null : "SHA256",
    digest: off ? null : DIGEST,
    ds: off ? null : `${name}. 3600 IN DS 16953 13 2 ${DIGEST}`,
    key_tag: off ? null : 42,
    public_key: off ? null : "oXiGYrSTO+LSCJ3mohc8EP+CzF9KxBj8/ydXJ22pKuZP3VAC3/Md/k7xZfz470CoRyZJ6gV6vml07IC3d8xqhA==",
    modified_on: dnssec.modified_on,
  };
};

const DIGEST = "48E939042E82C22542CB377B580DFDC52A361CEFDC72E7F9107E2B6BD9306A45";
