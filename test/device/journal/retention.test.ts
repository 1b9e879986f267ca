/** What becomes of rows in time: those that have arrived go, others never, and a full journal takes none. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import * as assert from 'uvu/assert';
import { type JournalOptions, openJournal } from '../../../device/journal/journal.ts';
import { guardJournal, tellWarnings } from '../../../device/journal/journal-guard.ts';
import { createParts } from '../../../device/parts.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { fillJournal } from './fill-journal.ts';
import { journalEntry } from './journal-entry.ts';

const device = 'bus-1';
const dayMs = 86_400_000;
const today = 20_000 * dayMs;

function openAt(context: TestContext, options: JournalOptions = {}) {
  const path = join(temporaryDirectory(context), 'journal.sqlite');
  const at = { now: today };
  const open = () => openJournal(path, device, { clock: () => at.now, ...options });
  const journal = open();
  context.after(() => journal.close());
  /** As its once-a-second checks do while nobody taps. */
  const rest = async (checks = 1) => {
    for (let i = 0; i < checks; i++) await journal.check();
  };
  return { path, at, journal, open, rest };
}

const quietFor = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

function seqsIn(path: string): number[] {
  const db = new Database(path, { readonly: true });
  try {
    return db.prepare<[], number>('SELECT seq FROM row ORDER BY seq').pluck().all();
  } finally {
    db.close();
  }
}

suite('retention', test => {
  test('a row goes when it is acknowledged and old, not for either alone, and the last one stays', async context => {
    const { path, at, journal, rest } = openAt(context, { keep: { days: 7, bytes: 1e9 } });
    for (let day = 0; day < 10; day++) journal.append(journalEntry({ at: today + day * dayMs }));
    at.now = today + 9 * dayMs;
    await quietFor(1050);
    await rest();
    assert.is(seqsIn(path).length, 10, 'nothing is acknowledged');
    journal.acknowledge(2, []);
    await rest();
    assert.equal(seqsIn(path), [3, 4, 5, 6, 7, 8, 9, 10]);
    journal.acknowledge(10, [4]);
    await rest();
    assert.is(seqsIn(path).length, 8, 'the others are not old');
    at.now = today + 100 * dayMs;
    await rest();
    assert.equal(seqsIn(path), [4, 10], 'the last one, and the one that the back office has refused');
    assert.is(journal.append(journalEntry({ at: at.now })), 11);
  });

  test('its numbers go on after all its rows have gone and it was opened anew', async context => {
    const { path, at, journal, open, rest } = openAt(context);
    for (let i = 0; i < 3; i++) journal.append(journalEntry({ at: today }));
    at.now = today + 30 * dayMs;
    journal.acknowledge(3, []);
    await quietFor(1050);
    await rest();
    assert.equal(seqsIn(path), [3]);
    const again = open();
    context.after(() => again.close());
    assert.equal([again.lost, again.append(journalEntry())], [undefined, 4]);
  });

  test('near its most bytes acknowledged rows go before their time, are told of, and at it no ride is taken', async context => {
    const path = join(temporaryDirectory(context), 'journal.sqlite');
    fillJournal(path, device, 20_000);
    const keep = { days: 7, bytes: statSync(path).size / 0.92 };
    const events = { debug() {}, info() {}, warn() {}, error() {} };
    const parts = createParts(events);
    const problem = () => parts.list().find(({ working }) => !working)?.problem ?? '';
    const guard = guardJournal(
      () => openJournal(path, device, { keep }),
      parts.add('journal', 'journal'),
      Date.now,
      () => undefined,
    );
    context.after(guard.close);
    context.after(tellWarnings(guard, parts));
    await until('that it is nearly full', () => /journal is 9\d % full/.test(problem()));
    for (let i = 0; i < 50; i++) guard.append(journalEntry());
    await until('that it is full', () => guard.append(journalEntry()) === undefined);
    assert.match(problem(), /has come to its \d+ MiB, and the back office has not taken its rows/);
    const lastSeq = seqsIn(path).at(-1) ?? 0;
    assert.is(seqsIn(path)[0], 1, 'nothing is thrown away');
    const journal = openJournal(path, device, { keep });
    context.after(() => journal.close());
    journal.acknowledge(1000, []);
    await journal.check();
    assert.is(seqsIn(path)[0], 201, 'of those that have arrived some at a time');
    await until('room again', () => guard.append(journalEntry()) === lastSeq + 1);
  });

  test('a reader that never ends: its log is told of, and never grows over the journal’s most bytes', async context => {
    const keep = { days: 7, bytes: 45_000_000 };
    const { path, journal } = openAt(context, { keep });
    const reader = new Database(path, { readonly: true });
    context.after(() => reader.close());
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM row').get();
    // One row is some pages of the log: a long transaction of somebody else's fills it sooner.
    const filler = new Database(path);
    filler.exec('CREATE TABLE filler (bytes BLOB)');
    const fill = filler.prepare('INSERT INTO filler VALUES (zeroblob(1000000))');
    for (let i = 0; i < 17; i++) fill.run();
    await journal.check();
    assert.match(journal.warning ?? '', /somebody reads the journal for hours: its log has come to 17 MB/);
    assert.is(journal.append(journalEntry({ at: today })), 1);
    for (let i = 0; i < 12; i++) fill.run();
    filler.close();
    let refused: unknown;
    await journal.check().catch(error => {
      refused = error;
    });
    assert.match(String(refused), /has come to its 43 MiB/);
    const bytes = statSync(`${path}-wal`).size;
    assert.throws(() => journal.append(journalEntry({ at: today })), /has come to its/);
    assert.is(statSync(`${path}-wal`).size, bytes, 'nothing more is written');
    reader.exec('COMMIT');
    await journal.check().catch(() => undefined);
    assert.is(statSync(`${path}-wal`).size, 0);
  });

  test('what a restart need not know any more is forgotten, in the log too', async context => {
    const { path, at, journal, rest } = openAt(context, { rideMs: () => 3_600_000 });
    const code = { kind: 'ride-code' as const, codeDigest: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) };
    const ride = { step: 'on' as const, mostFen: 600, owedFen: 0 };
    const { decision } = journalEntry();
    const token = (n: number) => Uint8Array.of(n, 2, 3, 4, 5, 6, 7, 8);
    journal.append(journalEntry({ at: today }));
    for (const n of [7, 8])
      journal.append(
        journalEntry({ at: today, ...code, token: token(n), stop: 's1', decision: { ...decision, ride } }),
      );
    const off = { ...decision, ride: { step: 'off' as const, on: undefined, fare: { fareFen: 0 } as never } };
    journal.append(journalEntry({ at: today + 1000, ...code, token: token(8), decision: off }));
    assert.is(journal.ridesSince(0).length, 4);
    assert.equal(
      journal.codeRidesSince(0).map(({ at: since, stop }) => [since, stop]),
      [[today, 's1']],
    );
    await quietFor(1050);
    at.now = today + 1_300_000;
    await rest();
    assert.is(journal.ridesSince(0).length, 1, 'an open ride is kept');
    at.now = today + 3_700_000;
    await rest();
    assert.equal([journal.ridesSince(0), journal.codeRidesSince(0)], [[], []]);
    assert.is(seqsIn(path).length, 4);
  });
});
