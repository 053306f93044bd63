/** A panel with something in it: an organisation, its people, zones as they are found in the field, and servers. For screenshots. */
import { type Draft, emptyDraft, formatDraft, withEntry } from "#components/zone/draft.ts";
import type { RRset } from "#lib/dns/rrset.ts";
import { type CloudflareFake, startCloudflare } from "./cloudflare.ts";
import { fillPanel } from "./demo-plenty.ts";
import { type DemoServers, fillServers } from "./demo-servers.ts";
import { startMailSink } from "./mail-sink.ts";
import { type PowerDnsServer, startPowerDns } from "./powerdns.ts";
import { type Client, type PanelServer, startServer } from "./server.ts";

const PASSWORD = "a quiet harbour";
const OPERATOR = "operator@northwind.example";
const OWNER = { name: "Clara Bergström", email: "clara@northwind.example" };
const ADMIN = { name: "Nguyễn Thị Minh Khai", email: "minh.khai@northwind.example", role: "admin" };
const EDITOR = { name: "Aleksander Wojciechowski-Kowalczyk", email: "aleksander@northwind.example", role: "member" };
const CONTRACTOR = {
  name: "Maximiliane Freifrau von Hohenlohe-Waldenburg zu Pfedelbach",
  email: "maximiliane.von.hohenlohe-waldenburg@external.acme-robotics.example",
  role: "member",
};
/** Of another company, in one zone alone. */
const GUEST = { name: "Ingrid Solheim", email: "ingrid@fjord-agency.example" };
const others = [
  { name: "Oluwaseun Adébáyọ̀", email: "seun@northwind.example", role: "member" },
  { name: "Li Wei", email: "li@acme-robotics.example", role: "member" },
];

const ORGANISATION = "/organisations/northwind";
const ZONE = "acme-robotics.com";
const apex = `${ZONE}.`;
const ZONE_API = `${ORGANISATION}/dns/zones/${ZONE}`;

export interface Demo {
  server: PanelServer;
  /** Owns the organisation, and is no staff. */
  owner: Client;
  /** Holds everything. */
  operator: Client;
  /** May only look at the zone. */
  viewer: Client;
  /** Is not in the organisation, and edits some names of the zone. */
  guest: Client;
  /** Has been invited into a server. */
  invited: Client;
  /** Paths of pages. */
  organisation: string;
  zone: string;
  servers: DemoServers;
  /** What the owner's browser keeps of changes that are not applied yet. */
  draft: { key: string; value: string };
  stop(): Promise<void>;
}

export async function startDemo(): Promise<Demo> {
  const [powerDns, cloudflare, mails] = await Promise.all([startPowerDns(), startCloudflare(), startMailSink()]);
  const server = await startServer({
    powerDns,
    environment: {
      ...mails.environment,
      POWERDNS_NAMESERVERS: "ns1.northwind.example,ns2.northwind.example,ns3.northwind.example",
      CLOUDFLARE_API_BASE: cloudflare.base,
      ALLOW_PRIVATE_NETWORKS: "127.0.0.1",
      ORGANISATION_NETWORKS: "127.0.0.1",
    },
  });
  await server.command(["users", "add", OPERATOR, "--name", "Panel operator"], PASSWORD);
  await server.command(["promote", OPERATOR]);
  await server.command(["settings", "zone_claims", "trusted"]);
  const operator = await server.signIn(OPERATOR, PASSWORD);
  const members = [ADMIN, EDITOR, CONTRACTOR, ...others];
  for (const { name, email } of [OWNER, GUEST, ...members]) {
    await operator.call("POST", "/admin/users", { name, email, password: PASSWORD });
  }
  const owner = await server.signIn(OWNER.email, PASSWORD);
  await owner.call("POST", "/organisations", { name: "Northwind Hosting", handle: "northwind" });
  await owner.call("POST", "/organisations", { name: "Riverside Youth Orchestra", handle: "riverside" });
  for (const { email, role } of members) await operator.call("POST", `${ORGANISATION}/members`, { email, role });
  await owner.call("POST", `${ORGANISATION}/members`, { email: "new.colleague@northwind.example", role: "member" });

  const zones = `${ORGANISATION}/dns/zones`;
  for (const name of [ZONE, ...otherZones]) await owner.call("POST", zones, { name });
  await owner.call("POST", zones, { name: "archive-2019.example", connection: "local" });
  await owner.call("POST", `${ZONE_API}/changes`, { rrsets: moved });
  await giveLevels(owner);
  const guest = await inviteGuests(server, owner);
  await makeHistory(server, powerDns);
  await makeTheRest(owner, cloudflare, powerDns);
  const idOf = async (client: Client) => (await client.call<{ id: string }>("GET", "/account")).id;
  const servers = await fillServers(server, {
    owner,
    operator,
    guest,
    guestEmail: GUEST.email,
    invited: [CONTRACTOR.email, "audit@tidewater.example"],
    handle: "northwind",
  });
  fillPanel(server.dataDir, { owner: await idOf(owner), operator: await idOf(operator) });

  const organisation = "/dashboard/organisations/northwind";
  return {
    server,
    owner,
    operator,
    guest,
    invited: await server.signIn(CONTRACTOR.email, PASSWORD),
    viewer: await server.signIn("li@acme-robotics.example", PASSWORD),
    organisation,
    zone: `${organisation}/zones/${ZONE}`,
    servers,
    draft: await draftOf(owner),
    async stop() {
      await server.stop();
      await servers.stop();
      await Promise.all([powerDns.stop(), cloudflare.close(), mails.close()]);
    },
  };
}

const otherZones = [
  "harbour-bakery.example",
  "kelp-and-sons.example",
  "lumen-studio.example",
  "münchner-werkstatt.example",
  "water-utility-of-the-united-northern-municipalities.example",
  "113.0.203.in-addr.arpa",
];

type Wanted = {
  name: string;
  type: string;
  ttl: number;
  records: { content?: string; text?: string; disabled?: boolean }[];
};

const set = (name: string, type: string, ttl: number, ...contents: string[]): Wanted => ({
  name,
  type,
  ttl,
  records: contents.map((content) => ({ content })),
});
const texts = (name: string, ttl: number, ...all: string[]): Wanted => ({
  name,
  type: "TXT",
  ttl,
  records: all.map((text) => ({ text })),
});

/** A key of 2,048 bits that nobody holds the other half of. */
const publicKey =
  "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAr1eOwiPwQNwgVN5q7e5TVh7u8sJgtN/dQOGLNge+/TS3ixmsF2p9" +
  "jekGpgjzIAmKv74WXAZrW5jE0X1L0E0/RmOzjJ2xOx9aSELA+PqS0rqqcO2gTG9d1GqYzpCbbDiPW1y1OnDnS/2MI7m5Z8VT" +
  "T5Z+tUTh8IzbFOpfJWVX6n8/WqovGKlVtD2E3LL4Cuwx9UDRgIIQOszfbShobiV0CW348bfWvVDYN7/zcuHxsKOcCteNudYw" +
  "e0huYkF52PEfV9SJTcZssfbaQFUdeRUTpFvdxOKJg+Yd2f9ao+2fz8SitFwGoCnjZpw67fGyxaIy7kwoZ+IKlyuQJ7K1HvH2" +
  "mwIDAQAB";

/** The zone as it moved in. */
const moved: Wanted[] = [
  set("@", "A", 300, "203.0.113.10"),
  set("@", "AAAA", 300, "2001:db8:40::10"),
  set("@", "MX", 3600, "10 mx1.mail.example.", "20 mx2.mail.example."),
  texts("@", 3600, "v=spf1 include:_spf.mail.example ip4:203.0.113.0/24 -all", "site-verification=Yx4Qm2hT0bB1uJf7"),
  set("@", "CAA", 3600, '0 issue "letsencrypt.org"', '0 iodef "mailto:security@acme-robotics.com"'),
  texts("k1._domainkey", 3600, `v=DKIM1; k=rsa; p=${publicKey}`),
  texts("_mta-sts", 3600, "v=STSv1; id=20261104T120000"),
  set("_sip._tcp", "SRV", 3600, "10 60 5060 sip", "20 40 5060 sip-backup"),
  set("_imaps._tcp", "SRV", 3600, "0 1 993 imap.mail.example."),
  set("*.preview", "CNAME", 60, "edge"),
  set("münchen", "A", 300, "203.0.113.80"),
  set("münchen", "AAAA", 300, "2001:db8:40::80"),
  set("api", "A", 60, "203.0.113.21", "203.0.113.22", "203.0.113.23"),
  set("app", "CNAME", 300, "edge"),
  set("autodiscover", "CNAME", 3600, "autodiscover.mail.example."),
  set("db-1.internal", "A", 300, "10.20.4.11"),
  set("db-2.internal", "A", 300, "10.20.4.12"),
  set("docs", "CNAME", 3600, "acme-robotics.docs-hosting.example."),
  set("edge", "A", 60, "198.51.100.40", "198.51.100.41"),
  set("edge", "AAAA", 60, "2001:db8:e::40", "2001:db8:e::41"),
  set("labs", "NS", 86_400, "ns1.labs-dns.example.", "ns2.labs-dns.example."),
  set("mta-sts", "CNAME", 3600, "mta-sts.mail.example."),
  set("old-shop", "CNAME", 300, "shops.legacy.example."),
  set("robot-07.assembly.eu-central-1.fleet", "AAAA", 60, "2001:db8:f1ee:7::1"),
  set("robot-08.assembly.eu-central-1.fleet", "AAAA", 60, "2001:db8:f1ee:8::1"),
  set("shop", "CNAME", 300, "acme-robotics.shop-builder.example."),
  set("sip", "A", 300, "203.0.113.50"),
  set("sip-backup", "A", 300, "203.0.113.51"),
  {
    name: "staging",
    type: "A",
    ttl: 300,
    records: [{ content: "203.0.113.90" }, { content: "203.0.113.91", disabled: true }],
  },
  set("status", "A", 60, "198.51.100.30"),
  set("www", "CNAME", 300, "@"),
];

/** Who may do what in the zone, as far as it differs from the rest of the organisation. */
async function giveLevels(owner: Client): Promise<void> {
  const { items } = await owner.call<{ items: { userId: string; email: string }[] }>("GET", `${ZONE_API}/permissions`);
  const levels: Record<string, object> = {
    [EDITOR.email]: { level: "full" },
    [CONTRACTOR.email]: {
      level: "edit",
      names: ["_acme-challenge", "*.preview"],
      types: ["TXT", "CNAME"],
      expiresAt: Date.now() + 30 * 86_400_000,
    },
    "seun@northwind.example": { level: "none" },
  };
  for (const { userId, email } of items) {
    const level = levels[email];
    if (level) await owner.call("PUT", `${ZONE_API}/permissions/${userId}`, level);
  }
}

/** One who has come, and one who has not answered. */
async function inviteGuests(server: PanelServer, owner: Client): Promise<Client> {
  const expiresAt = Date.now() + 90 * 86_400_000;
  const terms = { level: "edit", names: ["www", "*.preview"], types: [], expiresAt };
  for (const email of [GUEST.email, "audit@tidewater.example"])
    await owner.call("POST", `${ZONE_API}/guests`, { email, ...terms });
  const guest = await server.signIn(GUEST.email, PASSWORD);
  const { items } = await guest.call<{ items: { id: string }[] }>("GET", "/account/invites");
  for (const { id } of items) await guest.call("POST", `/account/invites/${id}`, { accept: true });
  return guest;
}

/** Changes by several people, and one that was made behind the panel's back. */
async function makeHistory(server: PanelServer, powerDns: PowerDnsServer): Promise<void> {
  const [admin, editor] = [await server.signIn(ADMIN.email, PASSWORD), await server.signIn(EDITOR.email, PASSWORD)];
  const change = (client: Client, body: object) => client.call("POST", `${ZONE_API}/changes`, body);
  await change(editor, {
    rrsets: [
      set("grafana", "A", 300, "203.0.113.60"),
      set("git", "A", 300, "203.0.113.61"),
      set("ci", "CNAME", 300, "git"),
    ],
  });
  await change(admin, { rrsets: [set("api", "A", 60, "203.0.113.21", "203.0.113.22", "203.0.113.24")] });
  const answer = await fetch(`${powerDns.apiUrl}/api/v1/servers/localhost/zones/${apex}`, {
    method: "PATCH",
    headers: { "X-API-Key": powerDns.apiKey },
    body: JSON.stringify({
      rrsets: [
        {
          name: `status.${apex}`,
          type: "A",
          ttl: 60,
          changetype: "REPLACE",
          records: [{ content: "198.51.100.31", disabled: false }],
        },
      ],
    }),
  });
  if (!answer.ok) throw new Error(`PowerDNS answered ${answer.status}.`);
  await change(editor, { rrsets: [set("status", "AAAA", 60, "2001:db8:e::31")] });
  await change(admin, {
    rrsets: [set("vpn", "A", 300, "203.0.113.70")],
    deletions: [{ name: "sip-backup", type: "A" }],
  });
  await change(editor, { rrsets: [set("_sip._tcp", "SRV", 3600, "10 60 5060 sip")] });
}

/** Templates, connections of its own, API tokens, zones that wait for proof, and a check of the zone. */
async function makeTheRest(owner: Client, cloudflare: CloudflareFake, powerDns: PowerDnsServer): Promise<void> {
  const templates = `${ORGANISATION}/dns/templates`;
  await owner.call("POST", templates, {
    name: "Website with mail at Mail Example",
    standard: true,
    records: '@ A 203.0.113.10\nwww CNAME @\n@ MX 10 mx1.mail.example.\n@ TXT "v=spf1 include:_spf.mail.example -all"',
    nameservers: ["ns1.northwind.example", "ns2.northwind.example"],
  });
  await owner.call("POST", templates, { name: "Parked domain without mail", records: '@ MX 0 .\n@ TXT "v=spf1 -all"' });
  const connections = `${ORGANISATION}/dns/own-connections`;
  await owner.call("POST", connections, {
    kind: "cloudflare",
    label: "Cloudflare of the marketing department",
    accountId: cloudflare.accountId,
    secret: cloudflare.token,
  });
  await owner.call("POST", connections, {
    kind: "powerdns",
    label: "Berlin",
    url: powerDns.apiUrl,
    serverId: "localhost",
    secret: powerDns.apiKey,
  });
  await owner.call("POST", "/account/tokens", {
    name: "Everything, from the office",
    mode: "full",
    networks: ["203.0.113.0/24"],
  });
  await owner.call("POST", "/account/tokens", {
    name: "Certificates of the robots in the assembly hall",
    zones: [{ zone: ZONE, name: "_acme-challenge.**", type: "TXT", level: "full" }],
    expiresAt: Date.now() + 20 * 86_400_000,
  });
  await owner.call("POST", `${ZONE_API}/health`, {});
}

/** One RRset changed, one added, one removed. */
async function draftOf(owner: Client): Promise<{ key: string; value: string }> {
  const { id: account } = await owner.call<{ id: string }>("GET", "/account");
  const { id: zone } = await owner.call<{ id: string }>("GET", ZONE_API);
  const { items } = await owner.call<{ items: (RRset & { relative: string; hash: string })[] }>(
    "GET",
    `${ZONE_API}/rrsets?perPage=200`,
  );
  const seen = (relative: string, type: string) => {
    const found = items.find((item) => item.relative === relative && item.type === type);
    if (!found) throw new Error(`There is no ${type} at ${relative}.`);
    const { relative: _relative, hash, ...rrset } = found;
    return { hash, rrset: { name: rrset.name, type: rrset.type, ttl: rrset.ttl, records: rrset.records } };
  };
  const address = seen("@", "A");
  const imaps = seen("_imaps._tcp", "SRV");
  const dmarc: RRset = {
    name: `_dmarc.${apex}`,
    type: "TXT",
    ttl: 3600,
    records: [{ content: '"v=DMARC1; p=quarantine; rua=mailto:dmarc@acme-robotics.com"' }],
  };
  let draft: Draft = emptyDraft;
  draft = withEntry(draft, {
    name: apex,
    type: "A",
    seen: address,
    wanted: { ...address.rrset, records: [{ content: "203.0.113.44" }] },
  });
  draft = withEntry(draft, { name: dmarc.name, type: "TXT", seen: null, wanted: dmarc });
  draft = withEntry(draft, { name: imaps.rrset.name, type: "SRV", seen: imaps, wanted: null });
  return { key: `zonegate.draft.${account}.${zone}`, value: formatDraft(draft) };
}
