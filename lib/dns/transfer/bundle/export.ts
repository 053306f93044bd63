/** All zones of an organisation that somebody can view as one .tar.gz, written zone by zone while it is read. */
import { Readable } from "node:stream";
import { createGzip } from "node:zlib";
import { eq } from "drizzle-orm";
import { pack } from "tar-stream";
import { transaction } from "#db/client.ts";
import { zones } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { isProblem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import type { Organisation } from "#lib/organisations/organisations.ts";
import { connectionById } from "../../connections.ts";
import { listTemplates } from "../../templates/templates.ts";
import { type LoadedZone, loadZone, visibleAmong } from "../../zones.ts";
import { DOWNLOADS, fileText } from "../export.ts";
import { takeSlot } from "../slots.ts";
import { MANIFEST, type Manifest } from "./manifest.ts";

export const bundleName = ({ handle }: Organisation): string => `${handle}-zones.tar.gz`;

/** It is noted that it was read. */
export function exportBundle(
  { organisation, asStaff }: { organisation: Organisation; asStaff: boolean },
  actor: Actor & { id: string },
): ReadableStream<Uint8Array> {
  const release = takeSlot(actor.id, DOWNLOADS);
  const ids = visibleAmong(actor, eq(zones.organisationId, organisation.id))
    .filter(({ zone }) => zone.reserved === 1)
    .toSorted((a, b) => (a.zone.name < b.zone.name ? -1 : 1))
    .map(({ zone }) => zone.id);
  transaction((tx) =>
    audit(tx, actor, {
      target: { type: "organisation", id: organisation.id, label: organisation.name },
      organisationId: organisation.id,
      after: { zones: ids.length },
      asStaff,
    }),
  );
  const archive = pack();
  const closed = new Promise<never>((_, reject) =>
    archive.once("close", () => reject(new Error("nobody reads the bundle any more"))),
  );
  closed.catch(() => {});
  const add = (name: string, content: Buffer) => {
    const taken = new Promise<void>((resolve, reject) => {
      archive.entry({ name, mtime: new Date() }, content, (error) => (error ? reject(error) : resolve()));
    });
    return Promise.race([taken, closed]);
  };
  write(organisation, ids, actor, add).then(
    () => archive.finalize(),
    (error: Error) => archive.destroy(error),
  );
  const read = Readable.from(archive).compose(createGzip());
  read.once("close", release);
  return Readable.toWeb(read) as ReadableStream<Uint8Array>;
}

/** One zone is in memory at a time, and each is read as it is when its turn comes. */
async function write(
  organisation: Organisation,
  ids: readonly string[],
  actor: Actor,
  add: (name: string, content: Buffer) => Promise<void>,
): Promise<void> {
  const written: Manifest["zones"] = [];
  const names = new Set([MANIFEST]);
  for (const id of ids) {
    const loaded = stillOpen(organisation, id, actor);
    if (!loaded) continue;
    const { zone, access } = loaded;
    const pieces: Buffer[] = [];
    const text = fileText(loaded);
    for (let piece = text.next(); ; piece = text.next()) {
      if (piece.done) {
        const file = fileName(zone.name, names);
        written.push({
          zone: zone.name,
          file,
          provider: connectionById(zone.connection)?.kind ?? "unknown",
          ...(zone.description === "" ? {} : { notes: zone.description }),
          revision: zone.revision,
          // How many there are is nothing for those who do not see all.
          ...(access.seesAll ? { records: zone.recordCount } : { hidden: piece.value }),
        });
        await add(file, Buffer.concat(pieces));
        break;
      }
      pieces.push(Buffer.from(piece.value));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  const manifest: Manifest = {
    format: "zonegate-bundle",
    version: 1,
    organisation: { handle: organisation.handle, name: organisation.name },
    exportedAt: new Date().toISOString(),
    zones: written,
    templates: listTemplates(organisation.id).items.map(({ name, standard, records, nameservers, soa }) => ({
      ...{ name, standard, records, nameservers, soa },
    })),
  };
  await add(MANIFEST, Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));
}

/** The zone with what the actor may see of it by now; null if it is gone. */
function stillOpen(organisation: Organisation, id: string, actor: Actor): LoadedZone | null {
  try {
    const loaded = loadZone(organisation.id, id, actor);
    return loaded.access.level === "none" ? null : loaded;
  } catch (error) {
    if (isProblem(error)) return null;
    throw error;
  }
}

/** Names that differ only in what no file name takes are told apart by a number; the manifest says which is which. */
function fileName(apex: string, taken: Set<string>): string {
  const stem = apex
    .replace(/\.$/, "")
    .replace(/[^a-z0-9._-]/g, "_")
    .slice(0, 80);
  for (let number = 1; ; number++) {
    const name = number === 1 ? `${stem}.zone` : `${stem}-${number}.zone`;
    if (taken.has(name)) continue;
    taken.add(name);
    return name;
  }
}
