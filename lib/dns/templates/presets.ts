/** Records that mail hosts ask for, and records built from choices: lines for a template, or for the editor. Pure. */

export interface PresetField {
  name: string;
  label: string;
  hint: string;
  optional?: boolean;
  options?: readonly { value: string; label: string }[];
}

export interface Preset {
  id: string;
  label: string;
  group: "Mail hosts" | "Protection";
  fields: readonly PresetField[];
  /** Lines of a zone file. Fields that were left empty bring none. */
  lines(values: Readonly<Record<string, string>>): string[];
}

const HOUR = 3600;

const line = (name: string, type: string, content: string): string => `${name} ${HOUR} IN ${type} ${content}`;
const mx = (...hosts: readonly (readonly [number, string])[]): string[] =>
  hosts.map(([preference, host]) => line("@", "MX", `${preference} ${host}`));
const cname = (name: string, target: string | undefined): string[] =>
  target ? [line(name, "CNAME", target.endsWith(".") ? target : `${target}.`)] : [];
const text = (name: string, value: string | undefined): string[] => (value ? [line(name, "TXT", quoted(value))] : []);

/** In strings of at most 255 octets (RFC 1035 §3.3.14). */
function quoted(value: string): string {
  const parts = value.match(/[\s\S]{1,255}/g) ?? [""];
  return parts.map((part) => `"${part.replace(/[\\"]/g, "\\$&")}"`).join(" ");
}

/** SPF (RFC 7208): whose servers may send for the domain, and what becomes of others'. */
export function spf(choices: { include?: readonly string[]; a?: boolean; mx?: boolean; all: "-" | "~" | "?" }): string {
  const { include = [], a = false, mx: own = false, all } = choices;
  return [
    "v=spf1",
    ...(a ? ["a"] : []),
    ...(own ? ["mx"] : []),
    ...include.map((host) => `include:${host}`),
    `${all}all`,
  ].join(" ");
}

/** DMARC (RFC 7489): what becomes of mail that fails, and where reports go. */
export function dmarc(choices: {
  policy: "none" | "quarantine" | "reject";
  reports?: string;
  subdomains?: "none" | "quarantine" | "reject" | "";
}): string {
  const { policy, reports, subdomains } = choices;
  const address = reports?.trim();
  return [
    "v=DMARC1",
    `p=${policy}`,
    ...(subdomains ? [`sp=${subdomains}`] : []),
    ...(address ? [`rua=${address.startsWith("mailto:") ? address : `mailto:${address}`}`] : []),
  ].join("; ");
}

/** DKIM (RFC 6376 §3.6.1), from a public key as it is handed out: bare, as a PEM block, or as the whole record. */
export function dkim(key: string): string {
  const bare = key
    .replace(/-----[^-]+-----/g, "")
    .replace(/["\s]+/g, /v=DKIM1/i.test(key) ? " " : "")
    .trim();
  if (!/^v=DKIM1/i.test(bare)) return `v=DKIM1; k=rsa; p=${bare}`;
  return bare.replace(/p=([^;]*)/, (_, value: string) => `p=${value.replaceAll(" ", "")}`);
}

/** CAA (RFC 8659): who may issue certificates, one content a line; nobody if the list is empty. */
export const caa = (issuers: readonly string[], reports?: string): string[] => [
  ...(issuers.length === 0 ? ['0 issue ";"'] : issuers.map((issuer) => `0 issue "${issuer}"`)),
  ...(reports ? [`0 iodef "mailto:${reports}"`] : []),
];

/** Where a key stands, from the selector alone or from the whole name. */
const keyName = (selector: string): string => `${selector.trim().replace(/\._domainkey\b.*$/i, "")}._domainkey`;

const key = (label: string, hint: string, name = "dkim"): PresetField => ({ name, label, hint, optional: true });
const policies = [
  { value: "none", label: "Deliver it, and report" },
  { value: "quarantine", label: "Treat it as spam" },
  { value: "reject", label: "Refuse it" },
];

export const presets: readonly Preset[] = [
  {
    id: "google",
    label: "Google Workspace",
    group: "Mail hosts",
    fields: [key("DKIM value", "Admin console → Gmail → Authenticate email: the TXT record value.")],
    lines: (values) => [
      ...mx([1, "smtp.google.com."]),
      ...text("@", spf({ include: ["_spf.google.com"], all: "~" })),
      ...text("google._domainkey", values.dkim && dkim(values.dkim)),
    ],
  },
  {
    id: "microsoft",
    label: "Microsoft 365",
    group: "Mail hosts",
    fields: [
      key("DKIM selector1 target", "Defender portal → DKIM: the first CNAME's target.", "dkim1"),
      key("DKIM selector2 target", "The second CNAME's target.", "dkim2"),
    ],
    lines: (values) => [
      ...mx([0, "{zone-with-hyphens}.mail.protection.outlook.com."]),
      ...text("@", spf({ include: ["spf.protection.outlook.com"], all: "-" })),
      ...cname("autodiscover", "autodiscover.outlook.com."),
      ...cname("selector1._domainkey", values.dkim1),
      ...cname("selector2._domainkey", values.dkim2),
    ],
  },
  {
    id: "fastmail",
    label: "Fastmail",
    group: "Mail hosts",
    fields: [],
    lines: () => [
      ...mx([10, "in1-smtp.messagingengine.com."], [20, "in2-smtp.messagingengine.com."]),
      ...text("@", spf({ include: ["spf.messagingengine.com"], all: "?" })),
      ...["fm1", "fm2", "fm3"].flatMap((name) => cname(`${name}._domainkey`, `${name}.{zone}.dkim.fmhosted.com.`)),
    ],
  },
  {
    id: "proton",
    label: "Proton Mail",
    group: "Mail hosts",
    fields: [
      key(
        "Verification",
        "Settings → Domain names: the text that starts with protonmail-verification=.",
        "verification",
      ),
      ...["", "2", "3"].map((n, index) =>
        key(`DKIM target ${index + 1}`, `The target of protonmail${n}._domainkey.`, `dkim${index + 1}`),
      ),
    ],
    lines: (values) => [
      ...mx([10, "mail.protonmail.ch."], [20, "mailsec.protonmail.ch."]),
      ...text("@", spf({ include: ["_spf.protonmail.ch"], all: "~" })),
      ...text("@", values.verification),
      ...cname("protonmail._domainkey", values.dkim1),
      ...cname("protonmail2._domainkey", values.dkim2),
      ...cname("protonmail3._domainkey", values.dkim3),
    ],
  },
  {
    id: "zoho",
    label: "Zoho Mail",
    group: "Mail hosts",
    fields: [
      {
        name: "region",
        label: "Data centre",
        hint: "The end of the address at which you sign in.",
        options: ["com", "eu", "in"].map((value) => ({ value, label: `zoho.${value}` })),
      },
      key("Verification", "The text that starts with zoho-verification=.", "verification"),
      key(
        "DKIM selector",
        "Admin console → Domains → Email configuration → DKIM: the name that you gave it.",
        "selector",
      ),
      key("DKIM value", "The TXT record value of that selector."),
    ],
    lines: (values) => {
      const region = values.region || "com";
      return [
        ...mx([10, `mx.zoho.${region}.`], [20, `mx2.zoho.${region}.`], [50, `mx3.zoho.${region}.`]),
        ...text("@", spf({ include: [`zohomail.${region}`], all: "~" })),
        ...text("@", values.verification),
        ...(values.selector ? text(keyName(values.selector), values.dkim && dkim(values.dkim)) : []),
      ];
    },
  },
  {
    id: "migadu",
    label: "Migadu",
    group: "Mail hosts",
    fields: [key("Verification", "The text that starts with hosted-email-verify=.", "verification")],
    lines: (values) => [
      ...mx([10, "aspmx1.migadu.com."], [20, "aspmx2.migadu.com."]),
      ...text("@", spf({ include: ["spf.migadu.com"], all: "-" })),
      ...text("@", values.verification),
      ...["key1", "key2", "key3"].flatMap((name) =>
        cname(`${name}._domainkey`, `${name}.{zone}._domainkey.migadu.com.`),
      ),
    ],
  },
  {
    id: "icloud",
    label: "iCloud Mail",
    group: "Mail hosts",
    fields: [key("Verification", "The text that starts with apple-domain=.", "verification")],
    lines: (values) => [
      ...mx([10, "mx01.mail.icloud.com."], [10, "mx02.mail.icloud.com."]),
      ...text("@", spf({ include: ["icloud.com"], all: "~" })),
      ...text("@", values.verification),
      ...cname("sig1._domainkey", "sig1.dkim.{zone}.at.icloudmailadmin.com."),
    ],
  },
  {
    id: "mailbox",
    label: "mailbox.org",
    group: "Mail hosts",
    fields: [],
    lines: () => [
      ...mx([10, "mxext1.mailbox.org."], [10, "mxext2.mailbox.org."], [20, "mxext3.mailbox.org."]),
      ...text("@", spf({ include: ["mailbox.org"], all: "~" })),
      ...["MBO0001", "MBO0002", "MBO0003", "MBO0004"].flatMap((name) =>
        cname(`${name}._domainkey`, `${name}._domainkey.mailbox.org.`),
      ),
    ],
  },
  {
    id: "no-mail",
    label: "No mail at all",
    group: "Protection",
    fields: [],
    // RFC 7505, RFC 7208 §10.1.1
    lines: () => [
      ...mx([0, "."]),
      ...text("@", spf({ all: "-" })),
      ...text("_dmarc", dmarc({ policy: "reject", subdomains: "reject" })),
      ...text("*._domainkey", "v=DKIM1; p="),
    ],
  },
  {
    id: "dmarc",
    label: "DMARC",
    group: "Protection",
    fields: [
      { name: "policy", label: "Mail that fails", hint: "Begin with reports, and tighten later.", options: policies },
      { name: "reports", label: "Reports go to", hint: "A mail address.", optional: true },
    ],
    lines: ({ policy, reports }) =>
      text(
        "_dmarc",
        dmarc({ policy: policy === "reject" || policy === "quarantine" ? policy : "none", reports: reports ?? "" }),
      ),
  },
  {
    id: "caa",
    label: "CAA",
    group: "Protection",
    fields: [
      {
        name: "issuers",
        label: "Who may issue certificates",
        hint: "Such as letsencrypt.org, sectigo.com. Nobody, if it is empty.",
        optional: true,
      },
      { name: "reports", label: "Refusals are reported to", hint: "A mail address.", optional: true },
    ],
    lines: ({ issuers = "", reports }) =>
      caa(issuers.split(/[\s,]+/).filter(Boolean), reports).map((content) => line("@", "CAA", content)),
  },
];
