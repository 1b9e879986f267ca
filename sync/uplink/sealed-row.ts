/**
 * A row of the journal, sealed for the back office: HPKE (RFC 9180, hpke.ts) over the row's JSON; device, seq and the key's name are
 * authenticated. The JSON has the journal's columns but for those that are null, bytes as hex, and spaces behind it up to a
 * multiple of 128 bytes: the length tells less of what happened.
 */
import { createHash } from 'node:crypto';
import type { JournalColumns } from '../../device/ports.ts';
import { openWith, sealTo } from '../keys/hpke.ts';

const info = 'fare-validator journal row 1';
const paddedTo = 128;
/** No row of ours is nearly so long. */
export const maxSealedBytes = 4096;
const byteColumns: ReadonlySet<string> = new Set(['token', 'code_digest', 'tac']);

/** Where a row stands. */
export interface RowPlace {
  readonly device: string;
  readonly seq: number;
}

export function encodeRow(row: JournalColumns): Buffer {
  const told = Object.entries(row).flatMap(([name, value]) =>
    value === null ? [] : [[name, value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value]],
  );
  const json = Buffer.from(JSON.stringify(Object.fromEntries(told)));
  return Buffer.concat([json, Buffer.alloc(-json.length & (paddedTo - 1), ' ')]);
}

/** @returns what should be a row; its null columns are left out. @throws Error for what is no JSON object */
export function decodeRow(plain: Uint8Array): Readonly<Record<string, unknown>> {
  const row: unknown = JSON.parse(Buffer.from(plain).toString());
  if (typeof row !== 'object' || row === null || Array.isArray(row)) throw new Error('no JSON object');
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, decoded(name, value)]));
}

function decoded(name: string, value: unknown): unknown {
  if (!byteColumns.has(name) || typeof value !== 'string') return value;
  return /^([0-9a-f]{2}){0,32}$/.test(value) ? new Uint8Array(Buffer.from(value, 'hex')) : value;
}

/** @param officeKey raw X25519, 32 bytes */
export function sealRow(row: JournalColumns, place: RowPlace, officeKey: Uint8Array): Promise<Buffer> {
  return sealTo(officeKey, info, encodeRow(row), aboutOf(place, keyIdOf(officeKey)));
}

/**
 * @param privateKey the one that `keyId` names
 * @throws Error when it was not sealed for this key at this place, or is no row
 */
export async function openRow(
  sealed: Uint8Array,
  place: RowPlace,
  keyId: string,
  privateKey: Uint8Array,
): Promise<Readonly<Record<string, unknown>>> {
  return decodeRow(await openWith(privateKey, info, sealed, aboutOf(place, keyId)));
}

/** Names a key of the back office: the first 8 bytes of its SHA-256, in hex. */
export function keyIdOf(publicKey: Uint8Array): string {
  return createHash('sha256').update(publicKey).digest('hex').slice(0, 16);
}

function aboutOf({ device, seq }: RowPlace, keyId: string): string {
  return `${device}\n${seq}\n${keyId}`;
}
