/** The SQLite layout of the link cache, written by link-writer.ts and read by link-store.ts. */

/** In the file's header, so that another kind of database is never taken for a cache. */
export const applicationId = 0x464c4e4b;
export const schemaVersion = 1;

/** Status is 4 bits a slot, low nibble first, in pages of this many bytes. */
export const statusPageBytes = 4096;
export const slotsPerPage = statusPageBytes * 2;

export const schema = `
  CREATE TABLE feed (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    key_id TEXT NOT NULL,
    links INTEGER NOT NULL,
    slots INTEGER NOT NULL,
    links_as_of INTEGER NOT NULL,
    status_as_of INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE link (token INTEGER PRIMARY KEY, slot INTEGER NOT NULL) STRICT;
  CREATE TABLE status (page INTEGER PRIMARY KEY, nibbles BLOB NOT NULL) STRICT;
`;

/** The token's 8 bytes as the signed 64-bit integer that SQLite keys on. */
export function tokenKey(token: Uint8Array): bigint {
  return Buffer.from(token.buffer, token.byteOffset, token.length).readBigInt64BE();
}
