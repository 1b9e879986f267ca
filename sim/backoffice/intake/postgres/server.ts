/**
 * PostgreSQL's servers, of which one is the primary: whoever asks gets an answer of that one, also after another was promoted.
 *
 * What is answered is as safe as the server was told to keep it. A commit whose standby was not waited for counts as failed: PostgreSQL
 * only warns of it.
 */
import pg from 'pg';
import { DeviceError, messageOf, WrongUsage } from '../../../../device/kit/errors.ts';

export type Row = Readonly<Record<string, unknown>>;

export interface PostgresServer {
  /**
   * One statement, which is one transaction. Rejects with DeviceError storage, never with what a connection string holds: then it may have
   * been carried out or not.
   * @param name of a statement that is asked often: then it is prepared once
   */
  ask<T extends Row>(text: string, values?: readonly unknown[], name?: string): Promise<readonly T[]>;
  close(): Promise<void>;
}

const connectTimeoutMs = 5000;
/** A standby that does not confirm keeps a commit waiting: whoever has sent the rows asks again meanwhile. */
const answerTimeoutMs = 20_000;
/** Commits that wait for the disk at the same time are one write to it. */
const mostConnections = 8;
const successCode = '00000';
const int8 = 20;

/** Whole numbers of ours are all below 2^53. */
const types = {
  getTypeParser: ((oid: number, format?: 'text') =>
    oid === int8 ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
};

/**
 * @param urls postgres://user@host:port/database of each server; the password may be there, in PGPASSWORD, or in ~/.pgpass
 * @throws WrongUsage for what is no such address
 */
export function connectPostgres(urls: readonly string[]): PostgresServer {
  const servers = urls.map(serverAt);
  let primary: Promise<pg.Pool> | undefined;

  async function findPrimary(): Promise<pg.Pool> {
    const problems: string[] = [];
    for (const { url, name } of servers) {
      const pool = openPool(url);
      try {
        await checkServer(pool);
        return pool;
      } catch (error) {
        problems.push(`${name}: ${wordsOf(error)}`);
        await pool.end();
      }
    }
    throw new DeviceError('storage', 'taps', `no PostgreSQL server takes rows: ${problems.join('; ')}`);
  }

  /** It is looked for anew with the next question. */
  function leave(left: Promise<pg.Pool>): void {
    if (primary !== left) return;
    primary = undefined;
    left.then(pool => pool.end()).catch(() => undefined);
  }

  return {
    async ask<T extends Row>(text: string, values: readonly unknown[] = [], name?: string) {
      primary ??= findPrimary();
      const asked = primary;
      try {
        return await askOf<T>(await asked, {
          text,
          values: [...values],
          ...(name !== undefined && { name }),
        });
      } catch (error) {
        leave(asked);
        if (error instanceof DeviceError) throw error;
        throw new DeviceError('storage', 'taps', `PostgreSQL: ${wordsOf(error)}`, error);
      }
    },
    async close() {
      const pool = await primary?.catch(() => undefined);
      primary = undefined;
      await pool?.end();
    },
  };
}

interface Server {
  readonly url: string;
  /** For messages. */
  readonly name: string;
}

function serverAt(url: string): Server {
  try {
    if (!/^postgres(ql)?:\/\//.test(url)) throw new Error('none of ours');
    const { host, port } = new pg.Client(url);
    return { url, name: `${host}:${port}` };
  } catch {
    throw new WrongUsage('PostgreSQL is named by postgres://user@host:port/database');
  }
}

function openPool(connectionString: string): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    max: mostConnections,
    types,
    keepAlive: true,
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: answerTimeoutMs,
    application_name: 'fare-validator back office',
  });
  // Connections end when the server does. Whoever asks by one hears it; an error that nobody hears would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', client => void client.on('error', () => undefined));
  return pool;
}

/** What makes an acknowledgement worthless. */
async function checkServer(pool: pg.Pool): Promise<void> {
  const [server] = await askOf<{ standby: boolean; fsync: string; commit: string; encoding: string }>(pool, {
    text: `SELECT pg_is_in_recovery() AS standby, current_setting('fsync') AS fsync,
      current_setting('synchronous_commit') AS commit, current_setting('server_encoding') AS encoding`,
  });
  if (server === undefined || server.standby) throw new Error('it is a standby');
  if (server.encoding !== 'UTF8')
    throw new Error(`the database is in ${server.encoding}: it has no room for all characters`);
  if (server.fsync === 'off') throw new Error('fsync is off: it would lose rows that were acknowledged');
  if (['off', 'local'].includes(server.commit))
    throw new Error(`synchronous_commit is ${server.commit}: it would lose rows that were acknowledged`);
}

async function askOf<T extends Row>(pool: pg.Pool, query: pg.QueryConfig): Promise<readonly T[]> {
  const client = await pool.connect();
  let warning: string | undefined;
  const hear = (notice: { readonly code?: string | undefined; readonly message?: string | undefined }) => {
    if (notice.code !== successCode) warning = notice.message ?? 'a warning without words';
  };
  client.on('notice', hear);
  let failed: Error | undefined;
  try {
    const { rows } = await client.query<T>(query);
    if (warning !== undefined) throw new Error(warning);
    return rows;
  } catch (error) {
    failed = error instanceof Error ? error : new Error(String(error));
    throw failed;
  } finally {
    client.off('notice', hear);
    // One that has failed is not used again.
    client.release(failed);
  }
}

/** Of several addresses each has a reason of its own. */
function wordsOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join(', ');
  return messageOf(error) || String(Object(error).code);
}
