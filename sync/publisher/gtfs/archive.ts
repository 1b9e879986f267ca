/** A GTFS feed as it comes: a zip file with text files at its root. What comes from outside is bounded before it is unpacked. */
import { createReadStream, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { messageOf } from '../../../device/kit/errors.ts';
import { printable } from '../../../device/kit/printable.ts';
import { FileProblems } from '../../../device/kit/yaml-file.ts';

const maxEntries = 10_000;
/** A country's stop times have come to some 2 GB. */
const maxFileBytes = 4 * 2 ** 30;
/** Tables shrink to a twentieth of their size; deflate's most is a thousandth. */
const maxRatio = 200;
/** Less is unpacked in a moment, whatever it shrank from. */
const harmlessBytes = 16 << 20;

export interface GtfsArchive {
  readonly path: string;
  has(file: string): boolean;
  /** @param file one that it has. @throws FileProblems */
  open(file: string): Promise<Readable>;
  close(): void;
}

/** @param path of a zip file, or of a folder with what would be in it. @throws FileProblems for what is no GTFS feed */
export async function openGtfs(path: string): Promise<GtfsArchive> {
  const problem = (error: unknown) => new FileProblems(printable(`${path}: ${messageOf(error)}`));
  try {
    const place = statSync(path);
    if (!place.isDirectory() && !place.isFile()) throw new Error('is neither a zip file nor a folder');
    const { files, close } = place.isDirectory() ? listFolder(path) : await listZip(path);
    return {
      path,
      has: file => files.has(file),
      open: async file => {
        try {
          return await opener(files, file)();
        } catch (error) {
          throw problem(error);
        }
      },
      close,
    };
  } catch (error) {
    throw problem(error);
  }
}

/** What there is, and how each file is opened. */
interface Files {
  readonly files: ReadonlyMap<string, () => Promise<Readable>>;
  close(): void;
}

function opener(files: Files['files'], file: string): () => Promise<Readable> {
  const open = files.get(file);
  if (open === undefined) throw new Error(`has no ${file}`);
  return open;
}

function listFolder(path: string): Files {
  const found = readdirSync(path, { withFileTypes: true }).filter(entry => entry.isFile());
  const files = new Map(found.map(({ name }) => [name, async () => createReadStream(join(path, name))]));
  return { files, close: () => undefined };
}

async function listZip(path: string): Promise<Files> {
  const zip = await openPromise(path, { lazyEntries: true, autoClose: false });
  try {
    const entries = [...(await listEntries(zip))];
    const files = new Map(entries.map(([name, entry]) => [name, () => zip.openReadStreamPromise(entry)]));
    return { files, close: () => zip.close() };
  } catch (error) {
    zip.close();
    throw error;
  }
}

/** @returns the files at the root by their names */
async function listEntries(zip: ZipFile): Promise<Map<string, Entry>> {
  if (zip.entryCount > maxEntries) throw new Error(`has ${zip.entryCount} files, more than ${maxEntries}`);
  const entries = new Map<string, Entry>();
  let inFolder: string | undefined;
  for await (const entry of zip.eachEntry()) {
    const { fileName } = entry;
    if (fileName.includes('/')) {
      if (/^(?!__MACOSX\/).*\/stops\.txt$/.test(fileName)) inFolder = fileName;
    } else if (entries.has(fileName)) throw new Error(`has ${fileName} twice`);
    else entries.set(fileName, checked(entry));
  }
  if (!entries.has('stops.txt') && inFolder !== undefined)
    throw new Error(`has ${inFolder}: the files must be at its root, not in a folder`);
  return entries;
}

function checked(entry: Entry): Entry {
  const { fileName, uncompressedSize: size, compressedSize } = entry;
  if (entry.isEncrypted()) throw new Error(`${fileName} is encrypted`);
  if (size > maxFileBytes) throw new Error(`${fileName} is ${size} bytes long, more than ${maxFileBytes}`);
  if (size > harmlessBytes && size > compressedSize * maxRatio)
    throw new Error(`${fileName} unpacks to ${size} bytes from ${compressedSize}: no table does`);
  return entry;
}
