/**
 * A row of the journal as bytes: JSON of its columns but for those that are null, bytes as hex, and spaces behind it up to a
 * multiple of 128 bytes: once it is sealed, the length tells less of what happened.
 */
export type JournalColumns = Readonly<Record<string, string | number | Uint8Array | null>>;

const paddedTo = 128;
const byteColumns: ReadonlySet<string> = new Set(['token', 'code_digest', 'tac']);

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
