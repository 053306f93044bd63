/** `javascript`: what a browser has to load of scripts before each page works, as it comes over the wire. */
import { gzipSync } from "node:zlib";
import { startServer } from "../support/server.ts";
import { administrator } from "./bench-zone.ts";
import { type Row, row } from "./figures.ts";

const BENCH = "javascript";

export async function javascript(): Promise<Row[]> {
  const server = await startServer();
  try {
    const client = await administrator(server);
    const organisation = "/dashboard/organisations/bench";
    await client.call("POST", "/organisations/bench/dns/zones", { name: "bench.example" });
    const zone = `${organisation}/zones/bench.example`;
    const login = await scriptsOf(server.origin, "/login", null);
    const pages = {
      dashboard: "/dashboard",
      organisation,
      members: `${organisation}/members`,
      "records page": zone,
      history: `${zone}/history`,
      settings: "/dashboard/settings",
    };
    const rows = [row(BENCH, "login", login.kilobytes, "KB gzip", { goal: "≤ 220 KB" })];
    for (const [name, path] of Object.entries(pages)) {
      const { kilobytes } = await scriptsOf(server.origin, path, client.cookie);
      rows.push(
        row(BENCH, name, kilobytes, "KB gzip", { beside: login.kilobytes, against: "login", goal: "≤ 220 KB" }),
      );
    }
    return rows;
  } finally {
    await server.stop();
  }
}

/** Every script that the page's HTML names, each compressed by itself. */
export async function scriptsOf(origin: string, path: string, cookie: string | null): Promise<{ kilobytes: number }> {
  const page = await fetch(`${origin}${path}`, { redirect: "manual", headers: cookie === null ? {} : { cookie } });
  const html = await page.text();
  if (page.status !== 200) throw new Error(`${path} was answered ${page.status}.`);
  let bytes = 0;
  for (const source of scriptSources(html)) {
    const script = await fetch(new URL(source, origin));
    if (!script.ok) throw new Error(`${source} was answered ${script.status}.`);
    bytes += gzipSync(Buffer.from(await script.arrayBuffer()), { level: 9 }).length;
  }
  return { kilobytes: bytes / 1024 };
}

/** `<script src>` and what is preloaded as a script, each once. Scripts for browsers without modules are loaded by none. */
function scriptSources(html: string): Set<string> {
  const sources = new Set<string>();
  for (const [tag] of html.matchAll(/<(?:script|link)\b[^>]*>/gi)) {
    if (/\bnomodule\b/i.test(tag)) continue;
    const preloads = /\brel="modulepreload"/i.test(tag) || (/\brel="preload"/i.test(tag) && /\bas="script"/i.test(tag));
    const source = tag.startsWith("<script") ? attribute(tag, "src") : preloads ? attribute(tag, "href") : null;
    if (source !== null) sources.add(source);
  }
  return sources;
}

const attribute = (tag: string, name: string): string | null =>
  new RegExp(`\\b${name}="([^"]*)"`, "i").exec(tag)?.[1]?.replaceAll("&amp;", "&") ?? null;
