/** The tables of taps in PostgreSQL, and how they are brought to the newest version. */
import { WrongUsage } from '../../../../device/kit/errors.ts';
import { type StoredColumn, storedColumns, type TapRow } from '../tap-row.ts';
import type { PostgresServer } from './server.ts';

/** PostgreSQL's type of each column; the schema's first step has them as they are here. */
export const typeOf: Readonly<Record<StoredColumn, 'text' | 'bytea' | 'bigint'>> = {
  event: 'text',
  of_row: 'bigint',
  at: 'bigint',
  reader: 'text',
  line: 'text',
  kind: 'text',
  token: 'bytea',
  code_digest: 'bytea',
  verdict: 'text',
  reason: 'text',
  phase: 'text',
  fare_taken: 'bigint',
  fare_fen: 'bigint',
  checked_row: 'bigint',
  checked_by: 'text',
  card_kind: 'text',
  bus: 'text',
  stop: 'text',
  step: 'text',
  on_stop: 'text',
  on_at: 'bigint',
  most_fen: 'bigint',
  owed_fen: 'bigint',
  short_fen: 'bigint',
  purchase: 'text',
  balance_fen: 'bigint',
  card_sequence: 'bigint',
  terminal: 'text',
  terminal_sequence: 'bigint',
  tac: 'bytea',
  mac_checked: 'bigint',
  clock: 'text',
};

/**
 * `tap_key` alone says which rows are there: a table in partitions cannot, where the day is no part of what must be unique. `tap` has a
 * partition for each day. `rows` of a journal is how many it has, so that whoever copies them sees what is new.
 */
const opening = `
  CREATE TABLE journal (
    id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY, device text NOT NULL, epoch integer NOT NULL,
    rows bigint NOT NULL DEFAULT 0, came_at bigint NOT NULL, UNIQUE (device, epoch)
  );
  CREATE TABLE tap_key (
    journal integer NOT NULL REFERENCES journal, seq bigint NOT NULL, digest bytea NOT NULL, PRIMARY KEY (journal, seq)
  );
  CREATE TABLE tap (
    day integer NOT NULL, journal integer NOT NULL, seq bigint NOT NULL, came_at bigint NOT NULL,
    event text NOT NULL, of_row bigint, at bigint NOT NULL, reader text NOT NULL, line text NOT NULL,
    kind text, token bytea, code_digest bytea, verdict text NOT NULL, reason text, phase text NOT NULL,
    fare_taken bigint NOT NULL, fare_fen bigint NOT NULL, checked_row bigint, checked_by text,
    card_kind text, bus text, stop text, step text, on_stop text, on_at bigint,
    most_fen bigint, owed_fen bigint, short_fen bigint, purchase text, balance_fen bigint, card_sequence bigint,
    terminal text, terminal_sequence bigint, tac bytea, mac_checked bigint, clock text,
    PRIMARY KEY (journal, seq, day)
  ) PARTITION BY RANGE (day);
`;

/** In order: step n takes version n to n + 1. A released step never changes. */
const steps = [opening];

/** Any number that others do not use. */
const migrationLock = 0x46564a4c;

/**
 * Several intakes may start at once: one of them migrates. Everything is one statement, and so one transaction.
 * @throws WrongUsage for tables of a newer version. Rejects with DeviceError storage
 */
async function migrate(server: PostgresServer): Promise<void> {
  await server.ask(`DO $migrate$
    DECLARE known integer;
    BEGIN
      PERFORM pg_advisory_xact_lock(${migrationLock});
      IF to_regclass('tap_schema') IS NULL THEN
        CREATE TABLE tap_schema (version integer NOT NULL);
        INSERT INTO tap_schema VALUES (0);
      END IF;
      SELECT version INTO known FROM tap_schema;
      ${steps.map((step, version) => `IF known <= ${version} THEN ${step} END IF;`).join('\n')}
      UPDATE tap_schema SET version = ${steps.length} WHERE version < ${steps.length};
    END $migrate$`);
  const [found] = await server.ask<{ version: number }>('SELECT version FROM tap_schema');
  if (found?.version !== steps.length)
    throw new WrongUsage(`the taps in PostgreSQL have schema ${found?.version}, newer than ${steps.length}`);
}

/** Brings the tables up before it asks anything. Servers that are away may come later. */
export function migrated(server: PostgresServer): PostgresServer {
  let ready: Promise<void> | undefined;
  return {
    async ask(text, values, name) {
      ready ??= migrate(server);
      try {
        await ready;
      } catch (error) {
        ready = undefined;
        throw error;
      }
      return server.ask(text, values, name);
    },
    close: server.close,
  };
}

/** @returns what stands in each stored column, in their order */
export function valuesOf(row: TapRow): readonly (string | number | Uint8Array | null)[] {
  return storedColumns.map(column => row[column]);
}
