/**
 * A day of taps by the real tap path, and what whoever takes the validator's files can find in them: not whose, not where, not what. The
 * files are taken while it runs, as kill -9 leaves them, SQLite's log included.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { toHex } from '../../../device/core/bytes.ts';
import type { RowSealer } from '../../../device/data-ports.ts';
import type { TapRow } from '../../../sim/backoffice/intake/tap-row.ts';
import { rowsOfJournal } from '../../../sim/backoffice/journal-rows.ts';
import { tUnionImage } from '../../../sim/media/card-images.ts';
import { createVirtualCard } from '../../../sim/media/virtual-card.ts';
import { newPrivateKey, publicKeyOf } from '../../../sync/keys/device-key.ts';
import { openRowSealer } from '../../../sync/uplink/row-sealer.ts';
import { suite, type TestContext } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { firstOfJune, PowerCut, startValidator, stops, type World } from '../tap/fare-stand.ts';

const minute = 60_000;
const passengers = 30;
const rounds = 5;
const terminal = '110000000042';
const numberOf = (i: number) => `3105100${String(700_000_000_000 + i * 7919).padStart(12, '0')}`;
const codeOf = (i: number) => Buffer.from(`account-of-passenger-${i}`).toString('hex');

/** @returns the directory with the files as they are in the middle of the day, and a purchase still open */
async function aDay(context: TestContext, sealer: RowSealer | undefined): Promise<string> {
  const world: World = { now: firstOfJune, stop: undefined };
  const start = (directory?: string) => startValidator(context, world, { terminal, sealer }, directory);
  let validator = await start();
  const cards = Array.from({ length: passengers }, (_, i) =>
    createVirtualCard(tUnionImage({ number: numberOf(i), balanceFen: 50_000 })),
  );
  for (let round = 0; round < rounds; round++)
    for (const [i, card] of cards.entries()) {
      world.now += minute / 4;
      world.stop = stops[(i + 3 * round) % stops.length]?.id;
      const tear = i % 7 === 3 ? ({ at: 11, moment: 'after', side: 'card' } as const) : undefined;
      await validator.tap(card, tear);
      validator.scan(codeOf(i));
      if (i !== 15) continue;
      try {
        await validator.tap(card, { at: 11, moment: 'after', side: 'power' });
      } catch (error) {
        if (!(error instanceof PowerCut)) throw error;
      }
      await validator.close();
      validator = await start(validator.directory);
    }
  const taken = join(temporaryDirectory(context), 'taken');
  mkdirSync(taken, { mode: 0o700 });
  cpSync(validator.directory, taken, { recursive: true });
  return taken;
}

/** Everything that says something of somebody, in every form that it could have been written in. */
function secretsOf(rows: readonly TapRow[]): Map<string, Buffer> {
  const forms = new Map<string, Buffer>();
  const text = (what: string) => forms.set(`text ${what}`, Buffer.from(what));
  const bytes = (what: string, value: Uint8Array | null) => {
    if (value === null) return;
    forms.set(`${what} ${toHex(value)}`, Buffer.from(value));
    text(toHex(value));
  };
  for (const row of rows) {
    bytes('token', row.token);
    bytes('code', row.code_digest);
    bytes('tac', row.tac);
    for (const place of [row.stop, row.on_stop]) if (place !== null) text(place);
  }
  for (const word of [terminal, 'A1234', '"line"', '"verdict"', 'alighted', 'ride-code', 't-union'])
    text(word);
  for (let i = 0; i < passengers; i++) {
    text(numberOf(i));
    text(numberOf(i).slice(-10));
    text(codeOf(i));
    text(`account-of-passenger-${i}`);
  }
  bytes('terminal', Buffer.from(terminal, 'hex'));
  return forms;
}

function foundIn(directory: string, secrets: ReadonlyMap<string, Buffer>): string[] {
  return readdirSync(directory).flatMap(name => {
    const file = readFileSync(join(directory, name));
    return [...secrets].filter(([, form]) => file.includes(form)).map(([what]) => `${name}: ${what}`);
  });
}

suite('nothing in clear', test => {
  test('in the files of a day, SQLite’s log among them: no medium, no place, no verdict, nothing of a payment', async context => {
    const key = newPrivateKey();
    const directory = await aDay(context, await openRowSealer(publicKeyOf(key)));
    assert.ok(
      readFileSync(join(directory, 'journal.sqlite-wal')).length > 100_000,
      'the log is full of rows',
    );
    const secrets = secretsOf(await rowsOfJournal(join(directory, 'journal.sqlite'), () => key));
    assert.ok(secrets.size > 3 * passengers, `${secrets.size}`);
    assert.equal(foundIn(directory, secrets), []);
  });

  test('and it would have been found: the same day without a key', async context => {
    const directory = await aDay(context, undefined);
    const secrets = secretsOf(await rowsOfJournal(join(directory, 'journal.sqlite')));
    const found = foundIn(directory, secrets).join('\n');
    for (const what of ['there-', '"verdict"', terminal]) assert.ok(found.includes(what), what);
    assert.ok(found.split('\n').length > passengers);
  });
});
