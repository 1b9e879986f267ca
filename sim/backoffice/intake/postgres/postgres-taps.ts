/** The tap store in PostgreSQL: for several intakes side by side, and for standbys that take over. */
import { createHash } from 'node:crypto';
import { DeviceError } from '../../../../device/kit/errors.ts';
import { differing } from '../sqlite-taps.ts';
import { storedColumns, type TapRow } from '../tap-row.ts';
import type { JournalName, TapPortion, TapStore, TapsTaken } from '../tap-store.ts';
import { createPartitions } from './partitions.ts';
import { typeOf, valuesOf } from './schema.ts';
import type { PostgresServer } from './server.ts';

/**
 * All in one statement, which is one transaction. The journal's lock comes first, so that intakes that have the same journal in hand come
 * one after the other. The journal's row is always written: the commit that says that a row was there already thus comes after
 * the commit of that row, on the standby too.
 */
const takeText = `
  WITH locked AS MATERIALIZED (SELECT id FROM journal WHERE id = $1 FOR UPDATE),
  given AS MATERIALIZED (
    SELECT * FROM locked, unnest($3::bigint[], $4::integer[], $5::bytea[], ${storedColumns
      .map((column, i) => `$${i + 6}::${typeOf[column]}[]`)
      .join(', ')}) AS row (seq, day, digest, ${storedColumns.join(', ')})
  ),
  put AS (
    INSERT INTO tap_key (journal, seq, digest) SELECT id, seq, digest FROM given ON CONFLICT DO NOTHING RETURNING seq
  ),
  facts AS (
    INSERT INTO tap (day, journal, seq, came_at, ${storedColumns.join(', ')})
    SELECT day, id, seq, $2::bigint, ${storedColumns.join(', ')} FROM given JOIN put USING (seq)
  ),
  counted AS (
    UPDATE journal SET rows = rows + (SELECT count(*) FROM put), came_at = greatest(came_at, $2::bigint) WHERE id = $1
  )
  SELECT seq FROM put`;
const foundText = 'SELECT seq, digest FROM tap_key WHERE journal = $1 AND seq = ANY($2::bigint[])';
const rowText = `SELECT seq, ${storedColumns.join(', ')} FROM tap WHERE journal = $1 AND seq = $2`;

/** @param server as `migrated` gives it */
export function createPostgresTaps(server: PostgresServer): TapStore {
  const journals = createJournals(server);
  const partitions = createPartitions(server);

  /** @returns the first column in which the row is not what is there */
  async function compare(journal: number, row: TapRow): Promise<string | undefined> {
    const [before] = await server.ask<TapRow>(rowText, [journal, row.seq]);
    return differing(row, before && fromPostgres(before));
  }

  return {
    async take({ rows, cameAt, ...name }) {
      if (rows.length === 0) return { new: 0, known: 0, conflicting: [] };
      const firsts = new Map<number, TapRow>();
      for (const row of rows) if (!firsts.has(row.seq)) firsts.set(row.seq, row);
      const given = [...firsts.values()];
      const days = given.map(({ at }) => partitions.dayOf(at, cameAt));
      await partitions.ensure(new Set(days));
      const journal = await journals.numberOf(name, cameAt);
      const columns = transposed(given.map(valuesOf));
      const keys = [given.map(({ seq }) => seq), days, given.map(digestOf)];
      const put = await server.ask<{ seq: number }>(takeText, [journal, cameAt, ...keys, ...columns], 'take');
      const added = new Set(put.map(({ seq }) => seq));
      const isThere = await thereBefore(
        server,
        journal,
        given.filter(({ seq }) => !added.has(seq)),
      );
      return count(rows, firsts, added, async row =>
        isThere(row) ? undefined : await compare(journal, row),
      );
    },
    close: () => server.close(),
  };
}

/** @returns whether a row is stored as it is; rejects where one is not there at all, although it was not taken either */
async function thereBefore(server: PostgresServer, journal: number, rows: readonly TapRow[]) {
  if (rows.length === 0) return () => true;
  const found = await server.ask<{ seq: number; digest: Uint8Array }>(foundText, [
    journal,
    rows.map(({ seq }) => seq),
  ]);
  const digests = new Map(found.map(({ seq, digest }) => [seq, Buffer.from(digest).toString('hex')]));
  if (digests.size !== rows.length)
    throw new DeviceError('storage', 'taps', 'PostgreSQL has lost a journal that it had: start anew');
  return (row: TapRow) => digests.get(row.seq) === digestOf(row).toString('hex');
}

async function count(
  rows: TapPortion['rows'],
  firsts: ReadonlyMap<number, TapRow>,
  added: ReadonlySet<number>,
  differingFrom: (row: TapRow) => Promise<string | undefined>,
): Promise<TapsTaken> {
  const conflicting: { seq: number; column: string }[] = [];
  let known = 0;
  for (const row of rows) {
    const first = firsts.get(row.seq);
    if (added.has(row.seq) && row === first) continue;
    const column = added.has(row.seq) ? differing(row, first) : await differingFrom(row);
    if (column === undefined) known++;
    else conflicting.push({ seq: row.seq, column });
  }
  return { new: added.size, known, conflicting };
}

/** A journal has a number from its first rows on. */
function createJournals(server: PostgresServer) {
  const known = new Map<string, number>();
  return {
    async numberOf({ device, epoch }: JournalName, cameAt: number): Promise<number> {
      const name = `${device} ${epoch}`;
      const number = known.get(name) ?? (await find(device, epoch, cameAt));
      known.set(name, number);
      return number;
    },
  };

  async function find(device: string, epoch: number, cameAt: number): Promise<number> {
    const [found] = await server.ask<{ id: number }>(
      `INSERT INTO journal (device, epoch, came_at) VALUES ($1, $2, $3)
       ON CONFLICT (device, epoch) DO UPDATE SET came_at = greatest(journal.came_at, excluded.came_at) RETURNING id`,
      [device, epoch, cameAt],
    );
    return found?.id ?? 0;
  }
}

/** The first 16 bytes of SHA-256 of all that a row says. */
function digestOf(row: TapRow): Buffer {
  const told = valuesOf(row).map(value =>
    value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
  );
  return createHash('sha256').update(JSON.stringify(told)).digest().subarray(0, 16);
}

function transposed(rows: readonly (readonly unknown[])[]): unknown[][] {
  return storedColumns.map((_, i) => rows.map(row => boundOf(row[i])));
}

/** In an array of them `pg` takes bytes for text unless they are a Buffer. */
function boundOf(value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.length) : value;
}

/** Bytes come as Buffer: the same to whoever compares. */
function fromPostgres({ seq: _, ...row }: TapRow): Omit<TapRow, 'seq'> {
  return row;
}
