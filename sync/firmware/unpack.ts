/**
 * Unpacks a firmware archive into a slot: only plain files that its manifest lists, each of the size and digest that it says, all
 * of them and nothing else, and all on the disk before `slot.json` says that the slot is whole.
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { Parser, type ReadEntry } from 'tar';
import { syncPath, writeDurably } from '../../device/kit/durable-file.ts';
import { messageOf } from '../../device/kit/errors.ts';
import { printable } from '../../device/kit/printable.ts';
import {
  type Manifest,
  manifestName,
  maxManifestBytes,
  mostBytes,
  parseManifest,
  type SlotContent,
  slotFile,
} from '../../device/update/slot.ts';
import { FirmwareRefused } from './refused.ts';

/** A tar has a header and padding for each file. */
const mostUnpacked = mostBytes + 16 * 1024 * 1024;

/**
 * @param slot its directory; what was in it is gone
 * @param sha256 the archive's, as it was verified
 * @param check throws FirmwareRefused for what is not for this validator, before anything is written
 * @throws FirmwareRefused for an archive that is not as it should be; the system's error, as for a full disk
 */
export async function unpackFirmware(
  archive: string,
  slot: string,
  sha256: string,
  check: (manifest: Manifest) => void,
): Promise<Manifest> {
  clearSlot(slot);
  const manifest = await extract(archive, slot, check);
  syncTree(slot);
  const content: SlotContent = { version: manifest.version, sha256, entry: manifest.entry };
  writeDurably(slotFile(slot), `${JSON.stringify(content)}\n`, 0o600);
  syncPath(dirname(slot));
  return manifest;
}

/** First what says that it is whole, so that a power cut leaves no whole slot with half of its files. */
export function clearSlot(slot: string): void {
  mkdirSync(slot, { recursive: true, mode: 0o700 });
  rmSync(slotFile(slot), { force: true });
  syncPath(slot);
  for (const name of readdirSync(slot)) rmSync(join(slot, name), { recursive: true, force: true });
}

async function extract(
  archive: string,
  slot: string,
  check: (manifest: Manifest) => void,
): Promise<Manifest> {
  const taker = createTaker(slot, check);
  let failure: unknown;
  const noted = (run: () => void) => () => {
    if (failure !== undefined) return;
    try {
      run();
    } catch (error) {
      failure = error;
    }
  };
  const refuse = (error: unknown) => {
    failure ??= new FirmwareRefused(`the archive is damaged: ${messageOf(error)}`);
  };
  const parser = new Parser({
    strict: true,
    // All of it at once, in this thread of its own: no entry is half taken while the next one comes.
    onReadEntry(entry) {
      let file: Sink | undefined;
      noted(() => {
        file = taker.begin(entry);
      })();
      entry.on('data', part => noted(() => file?.write(part))());
      entry.on('end', () => noted(() => file?.end())());
    },
  });
  parser.on('error', refuse);
  try {
    await pipeline(createReadStream(archive), createGunzip(), bounded(), async parts => {
      for await (const part of parts) {
        parser.write(part);
        if (failure !== undefined) throw failure;
      }
      parser.end();
    });
    if (failure !== undefined) throw failure;
    return taker.end();
  } catch (error) {
    if (isOfZlib(error)) refuse(error);
    throw failure ?? error;
  } finally {
    taker.close();
  }
}

/** Where an entry's bytes go. */
interface Sink {
  write(part: Buffer): void;
  /** @throws FirmwareRefused where they were not what was listed */
  end(): void;
}

/** Takes one entry after the other. */
function createTaker(slot: string, check: (manifest: Manifest) => void) {
  let manifest: Manifest | undefined;
  let closeOpen = () => {};
  const missing = new Set<string>();

  function beginManifest({ path, size }: ReadEntry): Sink {
    if (path !== manifestName) throw new FirmwareRefused(`the archive does not begin with ${manifestName}`);
    if (size > maxManifestBytes) throw new FirmwareRefused(`${manifestName} has ${size} bytes`);
    const parts: Buffer[] = [];
    return {
      write: part => void parts.push(part),
      end() {
        const bytes = Buffer.concat(parts);
        const read = refusing(() => parseManifest(bytes));
        const total = Object.values(read.files).reduce((sum, file) => sum + file.size, 0);
        if (total > mostBytes) throw new FirmwareRefused(`${total} bytes, at most ${mostBytes} are taken`);
        check(read);
        writeDurably(join(slot, manifestName), bytes, 0o600);
        for (const name of Object.keys(read.files)) missing.add(name);
        manifest = read;
      },
    };
  }

  function beginFile({ path, size }: ReadEntry, name: string, { files }: Manifest): Sink {
    const listed = Object.hasOwn(files, path) ? files[path] : undefined;
    if (listed === undefined) throw new FirmwareRefused(`${name} is not in ${manifestName}`);
    if (!missing.delete(path)) throw new FirmwareRefused(`${name} is there twice`);
    if (size !== listed.size) throw new FirmwareRefused(`${name} has ${size} bytes, not ${listed.size}`);
    const hash = createHash('sha256');
    mkdirSync(dirname(join(slot, path)), { recursive: true, mode: 0o700 });
    const fd = openSync(join(slot, path), 'wx', 0o600);
    closeOpen = () => {
      closeOpen = () => {};
      closeSync(fd);
    };
    return {
      write(part) {
        hash.update(part);
        for (let from = 0; from < part.length; ) from += writeSync(fd, part, from);
      },
      end() {
        fsyncSync(fd);
        closeOpen();
        if (hash.digest('hex') !== listed.sha256)
          throw new FirmwareRefused(`${name} has another digest than ${manifestName} says`);
      },
    };
  }

  return {
    begin(entry: ReadEntry): Sink {
      const name = printable(entry.path.slice(0, 200));
      if (entry.type !== 'File' && entry.type !== 'OldFile')
        throw new FirmwareRefused(`${name} is no plain file: ${entry.type}`);
      return manifest === undefined ? beginManifest(entry) : beginFile(entry, name, manifest);
    },
    end(): Manifest {
      if (manifest === undefined) throw new FirmwareRefused('the archive is empty');
      const [first] = missing;
      if (first !== undefined) throw new FirmwareRefused(`${first} is missing from the archive`);
      return manifest;
    },
    close: () => closeOpen(),
  };
}

function syncTree(directory: string): void {
  for (const entry of readdirSync(directory, { withFileTypes: true }))
    if (entry.isDirectory()) syncTree(join(directory, entry.name));
  syncPath(directory);
}

function bounded(): Transform {
  let length = 0;
  return new Transform({
    transform(part: Buffer, _, done) {
      length += part.length;
      if (length <= mostUnpacked) done(null, part);
      else done(new FirmwareRefused(`the archive unpacks to more than ${mostUnpacked} bytes`));
    },
  });
}

function refusing<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw new FirmwareRefused(messageOf(error));
  }
}

function isOfZlib(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^(Z_|ERR_BUFFER_OUT_OF_BOUNDS)/.test(code);
}
