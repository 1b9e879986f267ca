/**
 * A firmware in a directory: `manifest.json` lists its files and their digests, as the archive brought it; `slot.json` is
 * written last, by the validator, when all of it is on the disk. A slot without `slot.json` is not started.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { printable } from '../kit/printable.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const version = z.string().regex(/^[0-9A-Za-z][0-9A-Za-z.+-]{0,63}$/);
/** Relative, without `.` or `..`, of characters that no shell or terminal minds. */
export const filePath = z
  .string()
  .max(200)
  .regex(/^[\w@+][\w@+.-]*(\/[\w@+.][\w@+.-]*)*$/, 'must be a relative path of plain characters')
  .refine(path => !path.split('/').some(part => part === '.' || part === '..'), 'must not lead elsewhere');

export const mostFiles = 10_000;
/** Of all files together, in bytes. */
export const mostBytes = 512 * 1024 * 1024;
export const maxManifestBytes = 4 * 1024 * 1024;
export const manifestName = 'manifest.json';
const slotName = 'slot.json';

export const manifestSchema = z.strictObject({
  format: z.literal(1),
  version,
  /** As Node names them: `linux`, `x64`. */
  platform: z.string().max(32),
  arch: z.string().max(32),
  /** `process.versions.modules` of the Node.js that its native modules are for. */
  nodeAbi: z.string().regex(/^\d{1,5}$/),
  /** Which schemas of data it writes; it reads these, the ones before, and the next ones. */
  schemas: z.record(z.string().max(32), z.int().min(1)),
  /** The program, among `files`. */
  entry: filePath,
  files: z
    .record(
      filePath,
      z.strictObject({
        sha256,
        /** bytes */
        size: z.int().min(0).max(mostBytes),
      }),
    )
    .refine(files => Object.keys(files).length <= mostFiles, `must be at most ${mostFiles}`),
});
export type Manifest = z.infer<typeof manifestSchema>;

const slotSchema = z.looseObject({ version, sha256, entry: filePath });
/** What `slot.json` says. */
export interface SlotContent {
  readonly version: string;
  /** Of the archive it came in. */
  readonly sha256: string;
  /** The program, relative to the slot. */
  readonly entry: string;
}

/** @param directory the slot's. @returns undefined where the slot is not whole */
export function readSlot(directory: string): SlotContent | undefined {
  try {
    return slotSchema.safeParse(JSON.parse(readFileSync(slotFile(directory), 'utf8'))).data;
  } catch {
    return undefined;
  }
}

export function slotFile(directory: string): string {
  return join(directory, slotName);
}

/** @throws Error with the first thing that is wrong with it */
export function parseManifest(bytes: Uint8Array): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    throw new Error(`${manifestName} is no JSON`);
  }
  const parsed = manifestSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`${manifestName}: ${printable(`${issue?.path.join('.')}: ${issue?.message}`)}`);
  }
  const { entry, files } = parsed.data;
  if (!Object.hasOwn(files, entry)) throw new Error(`${manifestName}: ${entry} is not among its files`);
  return parsed.data;
}

/** The schemas that this firmware writes; a manifest names its own. */
export const schemas = { journal: 4, cache: 3, settings: 1 } as const;

/** @returns why this firmware's data could not be read after a change to that one; undefined where it can */
export function foreignTo(
  { platform, arch, nodeAbi, schemas: theirs }: Pick<Manifest, 'platform' | 'arch' | 'nodeAbi' | 'schemas'>,
  here: { readonly platform: string; readonly arch: string; readonly nodeAbi: string } = {
    platform: process.platform,
    arch: process.arch,
    nodeAbi: process.versions.modules,
  },
): string | undefined {
  if (platform !== here.platform || arch !== here.arch)
    return `it is for ${platform} ${arch}, this is ${here.platform} ${here.arch}`;
  if (nodeAbi !== here.nodeAbi)
    return `its native modules are for Node.js ABI ${nodeAbi}, this is ${here.nodeAbi}`;
  for (const [name, ours] of Object.entries(schemas)) {
    const other = theirs[name];
    if (other === undefined) return `it does not say which schema its ${name} has`;
    if (Math.abs(other - ours) > 1)
      return `its ${name} has schema ${other}, this one ${ours}: more than one apart`;
  }
  return undefined;
}
