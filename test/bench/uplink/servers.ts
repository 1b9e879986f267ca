/** The back office as a program of its own, and a bare loop in its place; both with the same broker inside, and the disk's fsync. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { encodeRow } from '../../../device/journal/row-text.ts';
import { tripPlaces } from '../../../sim/backoffice/intake/trips-file.ts';
import { enrolAll } from '../../../sim/backoffice/uplink/enrolled.ts';
import { openUplinkKeys, uplinkPlaces } from '../../../sim/backoffice/uplink/office-keys.ts';
import { tapRow } from '../../../sim/fleet/tap-row.ts';
import { encodeBatch } from '../../../sync/uplink/batch.ts';
import { newSeed, privateKeyOf, publicHalfOf } from '../../../sync/uplink/ed25519.ts';
import { openRowSealer } from '../../../sync/uplink/row-sealer.ts';
import { keyIdOf } from '../../../sync/uplink/sealed-row.ts';
import { signMessage } from '../../../sync/uplink/signed-message.ts';
import { downTopic, levelOf, upTopic } from '../../../sync/uplink/topics.ts';
import { readOfficeKeys } from '../../../sync/uplink/uplink-keys.ts';
import { NotMeasured } from '../part.ts';
import type { Member, Served } from './load.ts';

export interface Server extends Served {
  /** That it has used so far. */
  processorMs(): number;
  /** @throws Error where it has not stored as many taps */
  close(taps: number): Promise<void>;
}

const msPerTick = 10;

/** Where taps are kept in PostgreSQL. */
export interface Kept {
  readonly url: string;
  count(): number;
}

export async function startOffice(directory: string, validators: number, kept?: Kept): Promise<Server> {
  const dir = newDirectory(directory, 'office');
  openUplinkKeys(dir);
  const { sealingKey } = readOfficeKeys(uplinkPlaces(dir).office);
  const seeds = Array.from({ length: validators }, () => newSeed());
  const enrolled = seeds.map((seed, i) => ({
    ...{ id: `v${i}`, signingKey: publicHalfOf(seed).toString('hex'), addedAt: 0 },
  }));
  enrolAll(dir, enrolled);
  const members = seeds.map((seed, i): Member => {
    const device = `v${i}`;
    const up = upTopic(device, 'rows');
    const signing = privateKeyOf(seed);
    const sealer = openRowSealer(sealingKey);
    return {
      ...{ clientId: levelOf(device), up, down: downTopic(device, 'ack') },
      async message(seq) {
        // A new key is made ready between taps.
        await setImmediate();
        const sealed = (await sealer).seal(encodeRow({ seq, ...tapOf(i, seq) }), { device, epoch: 1, seq });
        return signMessage(
          signing,
          up,
          encodeBatch({ epoch: 1, keyId: keyIdOf(sealingKey), rows: [{ seq, sealed }] }),
        );
      },
    };
  });
  const words = ['backoffice', '--data', dir, '--port', '0', '--mqtt-port', '0'];
  if (kept !== undefined) words.push('--taps', kept.url);
  const count = kept?.count ?? (() => countIn(tripPlaces(dir).trips));
  return serve('../../../sim/main.js', words, { members, dir, count });
}

export async function startBare(directory: string, validators: number, kept?: Kept): Promise<Server> {
  const dir = newDirectory(directory, 'bare');
  const members = Array.from({ length: validators }, (_, i): Member => {
    const row = (seq: number) => JSON.stringify({ device: i, seq, ...tapOf(i, seq), token: `${i} ${seq}` });
    return {
      ...{ clientId: `v${i}`, up: `up/${i}`, down: `down/${i}` },
      message: async seq => Buffer.from(row(seq)),
    };
  });
  const file = join(dir, 'taps.sqlite');
  const words = kept === undefined ? [file] : [file, kept.url];
  return serve('./bare-process.js', words, { members, dir, count: kept?.count ?? (() => countIn(file)) });
}

function tapOf(validator: number, tap: number) {
  return tapRow(validator, tap, { line: '2', bus: `B${validator}` });
}

function newDirectory(directory: string, name: string): string {
  const dir = join(directory, name);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  return dir;
}

async function serve(
  program: string,
  words: readonly string[],
  { members, dir, count }: { members: readonly Member[]; dir: string; count: () => number },
): Promise<Server> {
  const path = fileURLToPath(new URL(program, import.meta.url));
  const child = spawn(process.execPath, [path, ...words], { stdio: ['ignore', 'pipe', 'ignore'] });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  const told = await Promise.race([once(lines, 'line'), exited.then(() => undefined)]);
  if (told === undefined) throw new Error(`${program} does not start`);
  const { mqtt: url }: { mqtt: string } = JSON.parse(String(told[0]));
  return {
    ...{ url, members },
    processorMs: () => processorMs(child.pid ?? 0),
    async close(taps) {
      child.kill('SIGTERM');
      await exited;
      const stored = count();
      rmSync(dir, { recursive: true });
      if (stored !== taps) throw new Error(`${stored} taps are stored of ${taps}`);
    },
  };
}

function countIn(file: string): number {
  const db = new Database(file, { readonly: true });
  try {
    return Number(db.prepare('SELECT count(*) FROM tap').pluck().get());
  } finally {
    db.close();
  }
}

function processorMs(pid: number): number {
  if (process.platform !== 'linux') throw new NotMeasured('there is no /proc, which only Linux has');
  const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const [user = 0, system = 0] = fields.split(' ').slice(11, 13).map(Number);
  return (user + system) * msPerTick;
}
