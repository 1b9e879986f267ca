/** The tap store in PostgreSQL: for several intakes side by side, and for standbys that take over. */
import { createHash } from 'node:crypto';
import { DeviceError } from '../../../../device/kit/errors.ts';
import { differing } from '../sqlite-taps.ts';
import { columnsOfPeople, storedColumns, type TapRow } from '../tap-row.ts';
import type { JournalName, TapPortion, TapStore, TapsTaken } from '../tap-store.ts';
import { takeTogether } from '../together.ts';
import { createPartitions } from './partitions.ts';
import { typeOf, valuesOf } from './schema.ts';
import type { PostgresServer } from './server.ts';

/**
 * All in one statement, which is one transaction. The journals' locks come first, in the order of their numbers, so that intakes that have
 * the same journals in hand come one after the other. A journal's row is always written: the commit that says that a row was
 * there already thus comes after the commit of that row, on the standby too.
 */
const takeText = `
  WITH locked AS MATERIALIZED (SELECT id FROM journal WHERE id = ANY($1::integer[]) ORDER BY id FOR UPDATE),
  given AS MATERIALIZED (
    SELECT row.* FROM locked JOIN unnest($1::integer[], $2::bigint[], $3::bigint[], $4::integer[], $5::bytea[], ${storedColumns
      .map((column, i) => `$${i + 6}::${typeOf[column]}[]`)
      .join(
        ', ',
      )}) AS row (journal, seq, came_at, day, digest, ${storedColumns.join(', ')}) ON journal = locked.id
  ),
  put AS (
    INSERT INTO tap_key (journal, seq, digest) SELECT journal, seq, digest FROM given
    ON CONFLICT DO NOTHING RETURNING journal, seq
  ),
  facts AS (
    INSERT INTO tap (day, journal, seq, came_at, ${storedColumns.join(', ')})
    SELECT day, journal, seq, came_at, ${storedColumns.join(', ')} FROM given JOIN put USING (journal, seq)
  ),
  sums AS (
    SELECT given.journal, count(put.seq) AS added, max(given.came_at) AS latest
    FROM given LEFT JOIN put USING (journal, seq) GROUP BY given.journal
  ),
  counted AS (
    UPDATE journal SET rows = rows + added, came_at = greatest(came_at, latest) FROM sums WHERE id = sums.journal
  )
  SELECT journal, seq FROM put`;
const foundText = `
  SELECT journal, seq, digest FROM tap_key JOIN unnest($1::integer[], $2::bigint[]) AS asked (journal, seq) USING (journal, seq)`;
const rowText = `SELECT ${storedColumns.join(', ')} FROM tap WHERE journal = $1 AND seq = $2`;

const forgetText = `
  WITH forgotten AS (
    UPDATE tap SET ${columnsOfPeople.map(column => `${column} = NULL`).join(', ')}
    WHERE day = $1 AND came_at < $2 AND (${columnsOfPeople.map(column => `${column} IS NOT NULL`).join(' OR ')}) RETURNING 1
  )
  SELECT count(*) AS rows FROM forgotten`;

const atOnce = 4;
/** SQLSTATE classes: what a value or a row is to blame for. */
const ofOneClasses = /^(22|23)/;

interface Placed {
  readonly journal: number;
  readonly row: TapRow;
  readonly cameAt: number;
}

/** @param server as `migrated` gives it */
export function createPostgresTaps(server: PostgresServer): TapStore {
  const journals = createJournals(server);
  const partitions = createPartitions(server);

  async function place(portions: readonly TapPortion[]): Promise<readonly (readonly Placed[])[]> {
    const placed: Placed[][] = [];
    for (const { rows, cameAt, ...name } of portions) {
      const journal = rows.length === 0 ? 0 : await journals.numberOf(name, cameAt);
      placed.push(rows.map(row => ({ journal, row, cameAt })));
    }
    return placed;
  }

  /** @returns the names of those that were not there */
  async function put(given: readonly Placed[]): Promise<ReadonlySet<string>> {
    const days = given.map(({ row, cameAt }) => partitions.dayOf(row.at, cameAt));
    await partitions.ensure(new Set(days));
    const keys = [
      given.map(({ journal }) => journal),
      given.map(({ row }) => row.seq),
      given.map(({ cameAt }) => cameAt),
      days,
      given.map(({ row }) => digestOf(row)),
    ];
    const columns = transposed(given.map(({ row }) => valuesOf(row)));
    const added = await server.ask<{ journal: number; seq: number }>(takeText, [...keys, ...columns], 'take');
    return new Set(added.map(({ journal, seq }) => `${journal} ${seq}`));
  }

  /** @returns the first column in which the row is not what is there */
  async function compare({ journal, row }: Placed): Promise<string | undefined> {
    const [before] = await server.ask<Omit<TapRow, 'seq'>>(rowText, [journal, row.seq]);
    return differing(row, before);
  }

  async function take(portions: readonly TapPortion[]): Promise<readonly TapsTaken[]> {
    const placed = await place(portions);
    const firsts = new Map<string, Placed>();
    for (const each of placed.flat()) if (!firsts.has(nameOf(each))) firsts.set(nameOf(each), each);
    const given = [...firsts.values()];
    if (given.length === 0) return placed.map(() => ({ new: 0, known: 0, conflicting: [] }));
    const added = await put(given);
    const isThere = await thereBefore(
      server,
      given.filter(each => !added.has(nameOf(each))),
    );
    async function columnOf(each: Placed): Promise<string | undefined> {
      if (added.has(nameOf(each))) return differing(each.row, firsts.get(nameOf(each))?.row);
      return isThere(each) ? undefined : compare(each);
    }
    const isNew = (each: Placed) => added.has(nameOf(each)) && firsts.get(nameOf(each)) === each;
    return Promise.all(placed.map(rows => count(rows, isNew, columnOf)));
  }

  return {
    take: takeTogether({
      take,
      atOnce,
      isOfOne: error => ofOneClasses.test(String(Object(Object(error).cause).code)),
    }),
    async forget(day, cameBefore) {
      const [found] = await server.ask<{ rows: number }>(forgetText, [day, cameBefore]);
      return Number(found?.rows ?? 0);
    },
    close: () => server.close(),
  };
}

function nameOf({ journal, row }: Placed): string {
  return `${journal} ${row.seq}`;
}

/** @returns whether a row is stored as it is; rejects where one is not there at all, although it was not taken either */
async function thereBefore(server: PostgresServer, rows: readonly Placed[]) {
  if (rows.length === 0) return () => true;
  const asked = [rows.map(({ journal }) => journal), rows.map(({ row }) => row.seq)];
  const found = await server.ask<{ journal: number; seq: number; digest: Uint8Array }>(foundText, asked);
  const digests = new Map(
    found.map(({ journal, seq, digest }) => [`${journal} ${seq}`, Buffer.from(digest).toString('hex')]),
  );
  if (digests.size !== rows.length)
    throw new DeviceError('storage', 'taps', 'PostgreSQL has lost a journal that it had: start anew');
  return (each: Placed) => digests.get(nameOf(each)) === digestOf(each.row).toString('hex');
}

async function count(
  rows: readonly Placed[],
  isNew: (each: Placed) => boolean,
  columnOf: (each: Placed) => Promise<string | undefined>,
): Promise<TapsTaken> {
  const conflicting: { seq: number; column: string }[] = [];
  let [added, known] = [0, 0];
  for (const each of rows) {
    const column = isNew(each) ? undefined : await columnOf(each);
    if (isNew(each)) added++;
    else if (column === undefined) known++;
    else conflicting.push({ seq: each.row.seq, column });
  }
  return { new: added, known, conflicting };
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
