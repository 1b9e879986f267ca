/** PostgreSQL servers for tests: each in a directory of its own, reached by its socket, with the configuration of operating.md. */
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  appendFileSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { isProgram } from '../../../../drivers/wire/program.ts';
import { migrated } from '../../../../sim/backoffice/intake/postgres/schema.ts';
import { connectPostgres } from '../../../../sim/backoffice/intake/postgres/server.ts';
import { type TestContext, until } from '../../../harness.ts';

const bin = '/usr/lib/postgresql/15/bin';

export const postgresql = {
  what: 'postgresql-15',
  packages: ['postgresql-15', 'util-linux'],
  met: () => isProgram(join(bin, 'postgres')) && (process.getuid?.() !== 0 || isProgram('setpriv')),
};

const tapsConf = readFileSync(
  new URL('../../../../../docs/examples/postgresql/taps.conf', import.meta.url),
  'utf8',
);

export interface PostgresServerStand {
  readonly url: string;
  /** Of its socket. */
  readonly directory: string;
  /** @param sql statements. @returns what psql prints of them, unaligned, tuples only */
  psql(sql: string, database?: string): string;
  start(): Promise<void>;
  /** All its processes at once, as when the power is cut. */
  kill(): Promise<void>;
  /** A standby becomes the primary. */
  promote(): Promise<void>;
  /** From now on it commits only what a standby has, as taps.conf says. */
  replicate(): void;
  /** Another one was promoted. */
  follow(primary: PostgresServerStand): void;
  /** A new server that follows this one. @param name as `synchronous_standby_names` has it */
  standby(name: string): Promise<PostgresServerStand>;
}

/** PostgreSQL does not run as root; nobody but it may enter its directory. Its servers end with a test that is killed. */
const owner = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined;

function as(program: string, args: readonly string[]): readonly [string, string[]] {
  const path = join(bin, program);
  if (owner === undefined) return [path, [...args]];
  const { uid, gid } = owner;
  return [
    'setpriv',
    [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--pdeathsig=KILL', path, ...args],
  ];
}

function run(program: string, ...args: string[]): string {
  const [file, words] = as(program, args);
  return execFileSync(file, words, { encoding: 'utf8', cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] });
}

function newDirectory({ after }: TestContext): string {
  // Below the tests' own directory it could not be reached by another user. A socket's path is short.
  const dir = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : '/tmp', 'pg-'));
  if (owner !== undefined) chownSync(dir, owner.uid, owner.gid);
  after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** A server is made without waiting for standbys, of which there is none yet. */
const notYet = "synchronous_standby_names = ''";

/** @param isReplicated with the configuration of three servers; the others are made by `standby` */
export async function startPostgres(
  context: TestContext,
  isReplicated = false,
): Promise<PostgresServerStand> {
  const dir = newDirectory(context);
  const data = join(dir, 'data');
  run(
    'initdb',
    '-D',
    data,
    '-U',
    'taps',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--locale=C',
    '--no-sync',
    '--no-instructions',
  );
  if (isReplicated) addConfiguration(data, `${tapsConf}\n${notYet}`);
  const server = serverIn(context, dir);
  await server.start();
  return server;
}

/** A database of its own on a server that tests share. */
export async function openDatabase(context: TestContext, server: PostgresServerStand, options = '') {
  const name = `taps_${randomBytes(6).toString('hex')}`;
  server.psql(`CREATE DATABASE ${name} ${options}`);
  const url = server.url.replace('///postgres?', `///${name}?`);
  const connect = () => {
    const connected = migrated(connectPostgres([url]));
    context.after(() => connected.close());
    return connected;
  };
  return { url, connect };
}

function addConfiguration(data: string, text: string): void {
  appendFileSync(join(data, 'postgresql.conf'), `\n${text}\n`);
}

function serverIn(context: TestContext, dir: string): PostgresServerStand {
  const data = join(dir, 'data');
  const query = new URLSearchParams({ host: dir, user: 'taps' });
  let process_: ReturnType<typeof spawn> | undefined;
  context.after(() => kill());

  async function start(): Promise<void> {
    const [file, words] = as('postgres', ['-D', data, '-k', dir, '-c', 'listen_addresses=']);
    const started = spawn(file, words, { cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] });
    process_ = started;
    let said = '';
    started.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    await until('the server', () => {
      if (started.exitCode !== null) throw new Error(said);
      return /ready to accept (read-only )?connections/.test(said);
    });
  }

  async function kill(): Promise<void> {
    const running = process_;
    process_ = undefined;
    if (running?.pid === undefined || running.exitCode !== null) return;
    const ended = once(running, 'exit');
    for (const pid of [running.pid, ...childrenOf(running.pid)]) killOne(pid);
    await ended;
    rmSync(join(data, 'postmaster.pid'), { force: true });
  }

  const psql = (sql: string, database = 'postgres') =>
    run('psql', '-X', '-h', dir, '-U', 'taps', '-d', database, '-tAc', sql).trim();
  return {
    url: `postgres:///postgres?${query}`,
    directory: dir,
    psql,
    start,
    kill,
    async promote() {
      run('pg_ctl', 'promote', '-D', data, '-w');
    },
    replicate() {
      const path = join(data, 'postgresql.conf');
      writeFileSync(path, readFileSync(path, 'utf8').replace(notYet, ''));
      psql('SELECT pg_reload_conf()');
    },
    follow(primary) {
      const [, name = ''] = /application_name=(\w+)/.exec(psql('SHOW primary_conninfo')) ?? [];
      psql(`ALTER SYSTEM SET primary_conninfo = '${followed(primary.directory, name)}'`);
      psql('SELECT pg_reload_conf()');
    },
    async standby(name) {
      const other = newDirectory(context);
      const otherData = join(other, 'data');
      run(
        'pg_basebackup',
        '-h',
        dir,
        '-U',
        'taps',
        '-D',
        otherData,
        '-X',
        'stream',
        '--checkpoint=fast',
        '--no-sync',
      );
      writeFileSync(join(otherData, 'standby.signal'), '', { mode: 0o600 });
      if (owner !== undefined) chownSync(join(otherData, 'standby.signal'), owner.uid, owner.gid);
      const conf = join(otherData, 'postgresql.conf');
      writeFileSync(conf, readFileSync(conf, 'utf8').replace(notYet, ''));
      addConfiguration(otherData, `primary_conninfo = '${followed(dir, name)}'`);
      const standby = serverIn(context, other);
      await standby.start();
      return standby;
    },
  };
}

function followed(directory: string, name: string): string {
  return `host=${directory} user=taps application_name=${name}`;
}

/** Those of a server are children of its first process. */
function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .filter(Boolean)
    .map(Number);
}

function killOne(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {}
}
