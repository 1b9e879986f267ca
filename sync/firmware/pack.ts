/** Makes a firmware archive of a directory: a gzip-compressed tar of plain files, `manifest.json` first. */
import { createHash } from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { create, replace } from 'tar';
import { WrongUsage } from '../../device/kit/errors.ts';
import { filePath, type Manifest, manifestName, manifestSchema, schemas } from '../../device/update/slot.ts';

export interface PackOptions {
  readonly version: string;
  /** The program, relative to the directory. */
  readonly entry: string;
  /** Of the machines it is for; this one's unless given. */
  readonly platform?: string | undefined;
  readonly arch?: string | undefined;
  readonly nodeAbi?: string | undefined;
}

/**
 * The same files give the same bytes.
 * @param out the archive's path
 * @throws WrongUsage for links, devices, and names that no archive may have
 */
export async function packFirmware(directory: string, out: string, options: PackOptions): Promise<Manifest> {
  const { version, entry } = options;
  const { platform = process.platform, arch = process.arch, nodeAbi = process.versions.modules } = options;
  const files = Object.fromEntries(
    filesIn(directory)
      .toSorted()
      .map(path => {
        const bytes = readFileSync(join(directory, path));
        return [path, { sha256: createHash('sha256').update(bytes).digest('hex'), size: bytes.length }];
      }),
  );
  if (!Object.hasOwn(files, entry)) throw new WrongUsage(`${directory} has no ${entry}`);
  const parsed = manifestSchema.safeParse({
    format: 1,
    version,
    platform,
    arch,
    nodeAbi,
    schemas,
    entry,
    files,
  });
  if (!parsed.success) throw new WrongUsage(`${directory}: ${parsed.error.issues[0]?.message}`);
  const scratch = mkdtempSync(join(tmpdir(), 'fare-validator-pack-'));
  try {
    writeFileSync(join(scratch, manifestName), JSON.stringify(parsed.data));
    const common = { portable: true, noMtime: true, strict: true } as const;
    const plain = join(scratch, 'archive.tar');
    await create({ ...common, cwd: scratch, file: plain }, [manifestName]);
    await replace({ ...common, cwd: directory, file: plain }, Object.keys(files));
    await pipeline(createReadStream(plain), createGzip(), createWriteStream(out));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return parsed.data;
}

function filesIn(directory: string, under = ''): string[] {
  return readdirSync(join(directory, under)).flatMap(name => {
    const path = posix.join(under, name);
    const found = lstatSync(join(directory, path));
    if (found.isDirectory()) return filesIn(directory, path);
    if (!found.isFile()) throw new WrongUsage(`${join(directory, path)} is no plain file`);
    if (path === manifestName) return [];
    if (!filePath.safeParse(path).success) throw new WrongUsage(`${path}: not a path for an archive`);
    return [path];
  });
}
