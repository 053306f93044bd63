/** What a panel gathers over the years, for pictures of full lists: written straight into its two databases while it runs. */
import { randomBytes } from "node:crypto";
import path from "node:path";
import Database from "better-sqlite3";
import { newId } from "#lib/id.ts";
import { BOUNDS } from "#lib/metrics/histogram.ts";
import { release } from "#lib/version.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const FIRST = ["Ada", "Bartholomew", "Cécile", "Dmitri", "Eoghan", "Farida", "Guðrún", "Hana", "Ivo", "Jǐngyí", "Kofi"];
const LAST = [
  "Okonkwo-Featherstonehaugh",
  "Müller",
  "van den Berg",
  "Ó Súilleabháin",
  "Li",
  "Papadopoulos",
  "de la Fuente y Villalobos",
  "Novák",
  "Haddad",
  "Sørensen",
  "Abernathy",
  "Þorsteinsdóttir",
  "Rossi",
];
const TRADES = [
  "Bakery",
  "Orchestra",
  "Logistics and Cold Storage",
  "Dental",
  "Robotics",
  "Housing Co-operative",
  "Ltd",
];

const plain = (text: string): string =>
  text
    .normalize("NFD")
    .replace(/[^A-Za-z ]/g, "")
    .toLowerCase()
    .replaceAll(" ", "-");

export interface Plenty {
  /** In whose name staff did what is there. */
  operator: string;
  /** Whose own pages are full, too. */
  owner: string;
}

export function fillPanel(dataDir: string, who: Plenty): void {
  const panel = new Database(path.join(dataDir, "panel.db"));
  const logs = new Database(path.join(dataDir, "logs.db"));
  for (const database of [panel, logs]) database.pragma("busy_timeout = 10000");
  try {
    panel
      .transaction(() => {
        const people = fillPeople(panel);
        fillOrganisations(panel, people);
        fillMails(panel, people);
        fillAnnouncements(panel, people, who);
        fillLeaving(panel, people, who);
        fillShortUrls(panel, who);
        fillFeedback(panel, people, who);
        fillRoles(panel, people);
        fillRollouts(panel, people, who);
        fillJobs(panel);
      })
      .immediate();
    logs.transaction(() => fillLogs(logs, who)).immediate();
  } finally {
    panel.close();
    logs.close();
  }
}

const at = <T>(list: readonly T[], n: number): T => list[n % list.length] as T;

interface Person {
  id: string;
  name: string;
  email: string;
}

type Row = Record<string, string | number | null | Buffer>;

/** Inserts rows that all have the columns of the first. */
function insert(database: Database.Database, table: string, rows: readonly Row[]): void {
  const columns = Object.keys(rows[0] ?? {});
  const marks = columns.map((column) => `@${column}`).join(", ");
  const statement = database.prepare(
    `insert into ${table} (${columns.map((c) => `"${c}"`).join(", ")}) values (${marks})`,
  );
  for (const row of rows) statement.run(row);
}

function fillPeople(panel: Database.Database): Person[] {
  const now = Date.now();
  const people = Array.from({ length: 340 }, (_, n) => {
    const name = `${at(FIRST, n)} ${at(LAST, n * 5)}`;
    return { id: newId(now - (340 - n) * 9 * HOUR), name, email: `${plain(name)}.${n}@${at(DOMAINS, n)}` };
  });
  insert(
    panel,
    "users",
    people.map(({ id, name, email }, n) => ({
      id,
      name,
      email,
      email_verified_at: n % 6 === 0 ? null : now - DAY,
      suspended_at: n % 19 === 0 ? now - 3 * DAY : null,
      suspended_reason:
        n % 19 === 0 ? "Card payments were reversed three times, and nobody answered our letters." : null,
      deletion_due_at: null,
      created_at: now - (340 - n) * 9 * HOUR,
      updated_at: now,
    })),
  );
  return people;
}

const DOMAINS = ["northwind.example", "mail.example", "water-utility-of-the-united-northern-municipalities.example"];

function fillOrganisations(panel: Database.Database, people: readonly Person[]): void {
  const now = Date.now();
  const rows = Array.from({ length: 74 }, (_, n) => ({
    id: newId(),
    handle: `${plain(at(LAST, n * 3)).replaceAll("--", "-")}-${n}`,
    name: `${at(LAST, n * 3)} ${at(TRADES, n)}`,
    created_at: now - n * 2 * DAY,
  }));
  insert(panel, "organisations", rows);
  insert(
    panel,
    "organisation_members",
    rows.flatMap(({ id }, n) =>
      Array.from({ length: 1 + (n % 7) }, (_, m) => ({
        organisation_id: id,
        user_id: at(people, n * 4 + m).id,
        role: m === 0 ? "owner" : m === 1 ? "admin" : "member",
        created_at: now - n * DAY,
      })),
    ),
  );
}

const TEMPLATES = [
  ["reset", "Set a new password"],
  ["verify", "Verify your address"],
  ["invite", "You are invited to Water Utility of the United Northern Municipalities"],
  ["claim-granted", "harbour-bakery.example is yours"],
] as const;
const ANSWERS = {
  failed: "550 5.1.1 <somebody@mail.example>: Recipient address rejected: User unknown in virtual mailbox table",
  queued: "451 4.7.1 Greylisting in action, please come back later",
} as const;

function fillMails(panel: Database.Database, people: readonly Person[]): void {
  const now = Date.now();
  const states = ["sent", "sent", "sent", "failed", "sent", "cancelled", "sent", "unknown"] as const;
  insert(
    panel,
    "mails",
    Array.from({ length: 260 }, (_, n) => {
      const [template, subject] = at(TEMPLATES, n);
      const status = at(states, n);
      const { id, email, name } = at(people, n * 7);
      return {
        id: newId(now - n * 3 * HOUR),
        template,
        user_id: id,
        recipient: email,
        subject,
        text: `Hello ${name},\n\nfollow this link within an hour:\n\n[link]\n\nIf you did not ask for it, there is nothing to do.`,
        status,
        message_id: `<${newId()}@northwind.example>`,
        attempts: status === "failed" ? 8 : status === "cancelled" ? 0 : 1,
        answer: status === "failed" ? ANSWERS.failed : status === "sent" ? "250 2.0.0 Ok: queued as 4Zx9Qk3" : null,
        created_at: now - n * 3 * HOUR,
        due_at: now - n * 3 * HOUR,
        sent_at: status === "sent" ? now - n * 3 * HOUR + 900 : null,
        expires_at: null,
      };
    }),
  );
}

function fillAnnouncements(panel: Database.Database, people: readonly Person[], { operator, owner }: Plenty): void {
  const now = Date.now();
  const wanted = [
    ["sent", "Planned maintenance of the name servers in Frankfurt and Amsterdam on 2 December", 1, 1],
    ["draft", "New: templates for zones", 1, 0],
    ["scheduled", "Prices from January", 0, 1],
    ["sending", "DNSSEC is here", 0, 1],
    ["cancelled", "Office closed", 1, 0],
    ["sent", "Welcome to the new panel", 0, 1],
  ] as const;
  const body =
    "On **2 December from 22:00 to 23:30 UTC** we move two name servers.\n\n- Zones keep being answered by the others.\n- Changes wait until it is over.\n\nMore is on [our status page](https://status.northwind.example/maintenance/2026-12-02).";
  const rows = Array.from({ length: 24 }, (_, n) => {
    const [state, title, banner, mail] = at(wanted, n);
    const gone = mail === 1 && (state === "sent" || state === "sending");
    return {
      id: newId(now - n * 4 * DAY),
      title: n < wanted.length ? title : `${title} (${n})`,
      body,
      audience: JSON.stringify(n % 5 === 4 ? { kind: "managers" } : { kind: "everyone" }),
      banner,
      mail,
      state,
      starts_at: state === "draft" ? null : state === "scheduled" ? now + 2 * DAY : now - n * 4 * DAY,
      // One banner is enough for a picture.
      ends_at: n === 0 ? now + 20 * DAY : state === "draft" ? null : now - DAY,
      total: gone ? 4_812 : 0,
      sent: gone ? (state === "sending" ? 1_930 : 4_655) : 0,
      failed: gone ? 12 : 0,
      unknown: gone ? 3 : 0,
      skipped: gone ? 142 : 0,
      created_by: operator,
      created_at: now - n * 4 * DAY - HOUR,
      updated_at: now - n * 4 * DAY,
    };
  });
  insert(panel, "announcements", rows);
  // The owner has closed it already: their pages are for other pictures.
  insert(panel, "announcement_dismissals", [{ user_id: owner, announcement_id: rows[0]?.id ?? "", at: now }]);
  insert(
    panel,
    "announcement_mails",
    people.slice(0, 15).map(({ id }, n) => ({
      announcement_id: rows[0]?.id ?? "",
      user_id: id,
      status: n < 12 ? "failed" : "unknown",
      attempts: 1,
      answer: n < 12 ? ANSWERS.failed : "The connection ended before the mail server answered.",
      due_at: now,
    })),
  );
}

function fillLeaving(panel: Database.Database, people: readonly Person[], { operator, owner }: Plenty): void {
  const now = Date.now();
  const exports = ["ready", "running", "queued", "failed", "cancelled", "expired"] as const;
  insert(
    panel,
    "export_jobs",
    Array.from({ length: 66 }, (_, n) => {
      const state = at(exports, n);
      const user = n % 11 === 5 ? owner : at(people, n * 3).id;
      return {
        id: newId(now - n * 5 * HOUR),
        user_id: user,
        asked_by: n % 4 === 0 ? operator : user,
        state,
        progress: state === "running" ? 420 : state === "ready" || state === "expired" ? 1000 : 0,
        message: state === "failed" ? "The disk is full. Ask again once there is room." : "",
        size: state === "ready" || state === "expired" ? 48_213 * (n + 1) : 0,
        downloads: state === "ready" ? n % 3 : 0,
        created_at: now - n * 5 * HOUR,
        finished_at: state === "queued" || state === "running" ? null : now - n * 5 * HOUR + 4000,
        expires_at: state === "ready" ? now + 6 * DAY : null,
      };
    }),
  );
  const states = ["waiting", "waiting", "done", "cancelled"] as const;
  insert(
    panel,
    "deletions",
    Array.from({ length: 58 }, (_, n) => {
      const state = at(states, n);
      return {
        id: newId(now - n * 7 * HOUR),
        user_id: state === "done" ? null : at(people, n + 40).id,
        asked_by: n % 3 === 0 ? "staff" : "self",
        choices: "[]",
        state,
        message:
          state === "waiting" && n % 8 === 1 ? "It owns the organisation Novák Robotics, which has other members." : "",
        created_at: now - n * 7 * HOUR,
        chosen_at: now - n * 7 * HOUR,
        due_at: now + (14 * DAY - n * 7 * HOUR),
        ended_at: state === "waiting" ? null : now - n * HOUR,
      };
    }),
  );
  panel.exec(
    "update users set deletion_due_at = (select due_at from deletions d where d.user_id = users.id and d.state = 'waiting') where id in (select user_id from deletions where state = 'waiting')",
  );
}

function fillShortUrls(panel: Database.Database, { operator }: Plenty): void {
  const now = Date.now();
  const rows = Array.from({ length: 63 }, (_, n) => ({
    id: newId(now - n * DAY),
    code: n % 4 === 0 ? `winter-sale-${n}` : randomBytes(4).toString("hex"),
    target:
      n % 3 === 0
        ? `https://shop.northwind.example/campaigns/2026/winter/landing?utm_source=newsletter&utm_medium=mail&utm_campaign=${n}`
        : `https://docs.northwind.example/${n}`,
    note: n % 3 === 0 ? "For the printed postcards of the winter campaign" : "",
    enabled: n % 7 === 3 ? 0 : 1,
    expires_at: n % 5 === 2 ? now - DAY : n % 5 === 3 ? now + 9 * DAY : null,
    clicks: n === 0 ? 48_210 : (n * 7919) % 900,
    created_by: operator,
    created_at: now - n * DAY,
    updated_at: now,
  }));
  insert(panel, "short_urls", rows);
  insert(
    panel,
    "short_url_clicks",
    Array.from({ length: 30 }, (_, n) => ({
      short_url_id: rows[0]?.id ?? "",
      day: new Date(now - n * DAY).toISOString().slice(0, 10),
      clicks: (n * 7919) % 2400,
    })),
  );
}

const SAYINGS = [
  "I can finally see what my colleagues changed. Thank you.",
  "The search is fast, but I cannot find out who may edit the zone without three clicks.",
  "Adding a record on the phone works, only the keyboard covers the button that saves it. I have to scroll first, every time, and twice I lost what I had typed because I scrolled too far and closed the page by accident.",
  "OK",
];

function fillFeedback(panel: Database.Database, people: readonly Person[], { operator, owner }: Plenty): void {
  const now = Date.now();
  const states = ["new", "seen", "planned", "done", "declined"] as const;
  const authors = [...people.slice(0, 118).map(({ id }) => id), owner];
  insert(
    panel,
    "feedback",
    authors.map((user, n) => ({
      id: newId(now - n * 11 * HOUR),
      user_id: user,
      release: n % 4 === 3 ? "0.0.9" : user === owner ? "0.0.9" : release,
      rating: 1 + ((n * 3) % 5),
      message: at(SAYINGS, n),
      status: at(states, n),
      reply: n % 5 === 3 || user === owner ? "This is in the next release. Thank you for telling us." : null,
      replied_by: n % 5 === 3 || user === owner ? operator : null,
      replied_at: n % 5 === 3 || user === owner ? now - HOUR : null,
      created_at: now - n * 11 * HOUR,
      updated_at: now,
    })),
  );
}

function fillRoles(panel: Database.Database, people: readonly Person[]): void {
  const parent = panel.prepare("select id from roles where name = 'default'").pluck().get() as string;
  const wanted: [name: string, grants: string[], says: string][] = [
    ["Support", ["users:read", "org:read", "dns:read", "logs:read"], "Answers customers, and changes nothing."],
    ["Support leads", ["users:write", "users:suspend", "admin:user:edit", "dns:manage"], "Support, with the keys."],
    ["Billing and collections for the northern region", ["orders:view", "org:read"], ""],
    ["Newsletter", ["admin:announcements", "admin:outbound-emails", "admin.shorturl.add"], "Writes to customers."],
    ["On call", ["admin:metrics", "logs:read", "admin:settings"], "Looks after the machine at night."],
  ];
  for (const [place, [name, grants, description]] of wanted.entries()) {
    const id = newId();
    insert(panel, "roles", [
      { id, name, description, parent_id: parent, requires_mfa: place % 2, created_at: Date.now() },
    ]);
    insert(
      panel,
      "role_grants",
      grants.map((permission, position) => ({ role_id: id, permission, position })),
    );
    insert(
      panel,
      "user_roles",
      people
        .slice(place * 9, place * 9 + 7)
        .map((person) => ({ user_id: person.id, role_id: id, created_at: Date.now() })),
    );
  }
}

/** Under way for some, with people whom staff put in and out by hand; the demo's own people see what everybody does. */
function fillRollouts(panel: Database.Database, people: readonly Person[], { operator, owner }: Plenty): void {
  const now = Date.now();
  const id = newId(now - 9 * DAY);
  const roles = panel.prepare("select id from roles where name in ('Support', 'On call') order by name").pluck().all();
  const organisations = panel.prepare("select id from organisations order by id desc limit 3").pluck().all();
  insert(panel, "rollouts", [
    {
      id,
      key: "records.density",
      description: "Half of those who look after many zones first. Ask them in December what they think.",
      enabled: 1,
      share: 5000,
      audience: JSON.stringify({ staff: false, roles, organisations }),
      treatments: JSON.stringify([
        { name: "compact", weight: 3 },
        { name: "dense", weight: 1 },
      ]),
      starts_at: now - 8 * DAY,
      ends_at: now + 40 * DAY,
      created_at: now - 9 * DAY,
      updated_at: now - 2 * DAY,
    },
  ]);
  const byHand = [...people.filter((_, n) => n % 29 === 4).map(({ id: user }) => user), operator, owner];
  insert(
    panel,
    "rollout_people",
    byHand.map((user, n) => {
      const out = n % 4 === 3 || user === operator || user === owner;
      return {
        rollout_id: id,
        user_id: user,
        forced: out ? "out" : "in",
        treatment: !out && n % 3 === 0 ? "dense" : null,
        created_at: now - n * HOUR,
      };
    }),
  );
}

function fillJobs(panel: Database.Database): void {
  const now = Date.now();
  insert(
    panel,
    "jobs",
    ["mail.send", "dns.settle", "dns.health"].flatMap((kind, k) =>
      Array.from({ length: 2 + k }, () => ({
        id: newId(),
        kind,
        payload: "{}",
        state: "failed",
        due_at: now,
        attempts: 8,
        progress: 0,
        error: "connect ECONNREFUSED 192.0.2.25:25",
        created_at: now - HOUR,
        finished_at: now,
      })),
    ),
  );
}

const PER_MS = 2048;

function fillLogs(logs: Database.Database, { owner }: Plenty): void {
  const now = Date.now();
  const wanted: [method: string, template: string, action: string][] = [
    ["GET", "/organisations/{organisation}/dns/zones/{zone}/records", "dns.records"],
    ["POST", "/organisations/{organisation}/dns/zones/{zone}/changes", "dns.change"],
    ["GET", "/admin/users", "accounts.list"],
    ["GET", "/organisations/{organisation}/dns/zones/{zone}/export", "dns.exportFile"],
    ["PUT", "/organisations/{organisation}/dns/zones/{zone}/permissions/{user}", "dns.setPermission"],
    ["GET", "/dns/search", "dns.search"],
  ];
  for (const [method, template, action] of wanted)
    logs
      .prepare("insert or ignore into routes (method, template, action) values (?, ?, ?)")
      .run(method, template, action);
  const routes = wanted.map(
    ([method, template, action]) =>
      logs
        .prepare("select id from routes where method = ? and template = ? and action = ?")
        .pluck()
        .get(method, template, action) as number,
  );
  const actor = Buffer.from(owner.replaceAll("-", ""), "hex");
  insert(
    logs,
    "requests",
    Array.from({ length: 3_000 }, (_, n) => {
      const status = n % 97 === 0 ? 500 : n % 23 === 0 ? 404 : n % 31 === 0 ? 403 : 200;
      return {
        id: (now - n * 41_000) * PER_MS,
        request_id: randomBytes(16),
        route: at(routes, n),
        status,
        micros: n % 211 === 0 ? 5_400_000 : ((n * 7919) % 48_000) + 700,
        actor_type: n % 3 === 0 ? 1 : n % 3 === 1 ? 2 : 0,
        actor: n % 3 === 2 ? null : actor,
        address: n % 5 === 0 ? "2001:db8:4c1:9e00:51ab:33ff:fe12:8a09" : `203.0.113.${n % 250}`,
        code: status === 500 ? "internal" : status === 404 ? "not_found" : status === 403 ? "forbidden" : null,
      };
    }),
  );
  insert(
    logs,
    "errors",
    Array.from({ length: 70 }, (_, n) => ({
      id: (now - n * 13 * MINUTE) * PER_MS + 7,
      source: at(["request", "job", "page", "process"], n),
      request_id: n % 4 === 1 ? null : newId(),
      place: at(["dns.change", "mail.send", "/dashboard/organisations/[handle]/zones/[zone]", "metrics"], n),
      name: at(["TypeError", "SqliteError", "FetchError"], n),
      message: at(
        [
          "Cannot read properties of undefined (reading 'records')",
          "database or disk is full",
          "request to http://192.0.2.53:8081/api/v1/servers/localhost/zones failed, reason: connect ETIMEDOUT 192.0.2.53:8081",
        ],
        n,
      ),
      stack:
        "TypeError: Cannot read properties of undefined (reading 'records')\n    at planOf (lib/dns/plan.ts:112:31)\n    at changeZone (lib/dns/changes.ts:88:17)\n    at process.processTicksAndRejections (node:internal/process/task_queues:103:5)\n    at async handler (lib/dns/procedures.ts:51:12)",
    })),
  );
  insert(
    logs,
    "statements",
    Array.from({ length: 40 }, (_, n) => ({
      text: `select "id", "zone_id", "name", "type", "ttl", "records" from "rrsets" where "zone_id" = ? and "name" like ? and "type" = ${n} order by "sort_key" limit ? offset ?`,
      times: 1 + ((n * 31) % 240),
      total_micros: (1 + ((n * 31) % 240)) * 61_000,
      max_micros: 50_000 + n * 9_000,
      last_at: now - n * 17 * MINUTE,
    })),
  );
  fillSamples(logs, routes, now);
}

/** A week with its days and nights, and an hour in which a provider was away. */
function fillSamples(logs: Database.Database, routes: readonly number[], now: number): void {
  const wave = (time: number) => 1 + Math.sin(((time % DAY) / DAY) * 2 * Math.PI - 1.5);
  const sample = (resolution: number, time: number, n: number) => {
    const busy = wave(time);
    const away = n % 2_000 > 1_940;
    const noise = ((n * 7919) % 100) / 100;
    return {
      resolution,
      at: time,
      requests: Math.round(resolution * (2 + busy * 30 + noise * 6)),
      failures: away ? Math.round(resolution * 1.4) : n % 40 === 0 ? 1 : 0,
      p50: 4 + busy * 3 + noise,
      p95: 22 + busy * 14 + noise * 8,
      p99: 60 + busy * 45 + noise * 60,
      lag: 6 + busy * 10 + noise * 12,
      memory: Math.round(260 + busy * 60 + noise * 20) * 1_048_576,
      heap: Math.round(140 + busy * 40 + noise * 30) * 1_048_576,
      cpu: 6 + busy * 24 + noise * 6,
      database: (412 - Math.round(n / 400)) * 1_048_576,
      wal: Math.round(2 + noise * 6) * 1_048_576,
      waiting: away ? 38 : Math.round(noise * 3),
      running: Math.round(busy),
      failed: 9,
      calls: Math.round(resolution * (0.4 + busy * 2)),
      call_failures: away ? resolution : 0,
      call_ms: away ? 4_800 : 34 + busy * 12 + noise * 10,
    };
  };
  const minute = now - (now % MINUTE);
  const ten = now - (now % 10_000);
  const put = (rows: Row[]) => {
    const columns = Object.keys(rows[0] ?? {});
    const statement = logs.prepare(
      `insert or ignore into samples (${columns.map((c) => `"${c}"`).join(", ")}) values (${columns.map((c) => `@${c}`).join(", ")})`,
    );
    for (const row of rows) statement.run(row);
  };
  put(Array.from({ length: 7 * 1440 }, (_, n) => sample(60, minute - n * MINUTE, n)));
  put(Array.from({ length: 360 }, (_, n) => sample(10, ten - n * 10_000, n)));
  const counts = (many: number) => BOUNDS.map((_, place) => Math.round(many * Math.exp(-((place - 9) ** 2) / 12)));
  const times = logs.prepare(
    "insert or ignore into route_times (resolution, at, route, failures, counts) values (?, ?, ?, ?, ?)",
  );
  for (const [place, route] of routes.entries()) {
    const some = JSON.stringify([...counts(40 * (place + 1)), 0]);
    for (let n = 0; n < 60; n++) times.run(60, minute - n * MINUTE, route, place % 2, some);
    const hour = now - (now % HOUR);
    for (let n = 0; n < 168; n++) times.run(3600, hour - n * HOUR, route, place, some);
  }
}
