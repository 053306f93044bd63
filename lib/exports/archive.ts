/** The archive: each part as JSON and as CSV, from one reading of the database, streamed into a file that only the panel's owner reads. */
import { mkdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import Database from "better-sqlite3";
import { stringify } from "csv-stringify/sync";
import { ZipFile } from "yazl";
import { databaseFile } from "#db/client.ts";
import { env } from "#lib/env.ts";
import { writeOut } from "#lib/write-out.ts";
import { type Part, parts } from "./parts.ts";

/** Rows between which others have their turn. */
const AT_ONCE = 100;

export const exportFolder = (): string => path.join(env().dataDir, "exports");
export const archiveOf = (id: string): string => path.join(exportFolder(), `${id}.zip`);

/** Writes it whole or not at all. `onPart` is told how many thousandths are done, and throws to stop. Returns its size in octets. */
export async function writeArchive(
  id: string,
  who: { user: string; email: string },
  onPart: (thousandths: number) => void,
): Promise<number> {
  await mkdir(exportFolder(), { recursive: true, mode: 0o700 });
  const partial = `${archiveOf(id)}.partial`;
  const source = new Database(databaseFile(), { readonly: true, fileMustExist: true });
  const zip = new ZipFile();
  try {
    source.exec("begin");
    let done = 0;
    const add = (name: string, lines: () => AsyncGenerator<string>) =>
      zip.addReadStreamLazy(name, { mode: 0o100600 }, (give) => {
        const stream = Readable.from(lines(), { objectMode: false });
        stream.on("error", (error) => zip.emit("error", error));
        give(null, stream);
      });
    add("README.txt", async function* () {
      yield ABOUT;
    });
    for (const part of parts) {
      add(`json/${part.name}.json`, () => jsonOf(source, part, who));
      add(`csv/${part.name}.csv`, async function* () {
        yield* csvOf(source, part, who);
        onPart(Math.floor((++done * 1000) / parts.length));
      });
    }
    zip.end();
    zip.on("error", (error) => (zip.outputStream as Readable).destroy(error));
    const octets = await writeOut(zip.outputStream, partial, { flush: true });
    await rename(partial, archiveOf(id));
    return octets;
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  } finally {
    source.close();
  }
}

const ABOUT = `Everything that this panel holds about your account, as it was when this archive was made.

Each part is there twice: in json/ for programs, in csv/ for spreadsheets. Times are milliseconds since 1970, UTC.
What proves who you are (passwords, keys, codes, the secrets of tokens) is not in it: the panel keeps it so that nobody can
read it, or has to be kept from everybody.
`;

type Row = Record<string, unknown>;

async function* rowsOf(source: Database.Database, { query }: Part, who: Row): AsyncGenerator<Row> {
  let n = 0;
  for (const row of source.prepare<[Row], Row>(query).iterate(who)) {
    if (++n % AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
    yield row;
  }
}

async function* jsonOf(source: Database.Database, part: Part, who: Row): AsyncGenerator<string> {
  let before = "[\n";
  for await (const row of rowsOf(source, part, who)) {
    yield `${before}${JSON.stringify(row)}`;
    before = ",\n";
  }
  yield before === ",\n" ? "\n]\n" : "[]\n";
}

/** RFC 4180. Cells that a spreadsheet would calculate are defused. */
async function* csvOf(source: Database.Database, part: Part, who: Row): AsyncGenerator<string> {
  const options = { escape_formulas: true, record_delimiter: "windows" } as const;
  const names = source
    .prepare(part.query)
    .columns()
    .map(({ name }) => name);
  yield stringify([names], options);
  for await (const row of rowsOf(source, part, who)) yield stringify([Object.values(row)], options);
}
