/** A journal that has lost rows says so, and gives none of their numbers again, whatever was done to its files. */
import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { type Journal, openJournal } from '../../../device/journal/journal.ts';
import { guardJournal, tellLostRows } from '../../../device/journal/journal-guard.ts';
import { createParts } from '../../../device/parts.ts';
import { suite, type TestContext } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { journalEntry } from './journal-entry.ts';

const rows = 40;
/** Numbers that are left out after a loss: the last rows may have had them without having been noted. */
const leftOut = 16;
const files = ['', '-wal', '-shm', '-seq'];

/** The files as a killed process leaves them: rows in the WAL, nothing closed. */
function killedAfter(context: TestContext, appended = rows) {
  const directory = temporaryDirectory(context);
  const path = join(directory, 'journal.sqlite');
  const written = openJournal(join(directory, 'running'), 'bus-1');
  for (let i = 0; i < appended; i++) written.append(journalEntry());
  for (const end of files) copyFileSync(join(directory, `running${end}`), `${path}${end}`);
  written.close();
  return path;
}

function open(context: TestContext, path: string): Journal {
  const journal = openJournal(path, 'bus-1');
  context.after(() => journal.close());
  return journal;
}

function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ 0x10;
  writeFileSync(path, bytes);
}

function checkContinues(journal: Journal): void {
  assert.is(journal.lost?.last, rows);
  const { first } = journal.lost ?? { first: 0 };
  assert.is(journal.append(journalEntry()), rows + leftOut + 1);
  assert.equal(journal.count(), {
    rows: first,
    openPurchases: 0,
    lastSeq: rows + leftOut + 1,
    lost: rows + 1 - first,
  });
}

suite('lost rows', test => {
  const damages: Readonly<Record<string, (path: string) => void>> = {
    'a bit flipped in the first frame of the WAL': path => flip(`${path}-wal`, 32 + 24 + 100),
    'a bit flipped in the header of the WAL': path => flip(`${path}-wal`, 8),
    'a bit flipped in the middle of the WAL': path =>
      flip(`${path}-wal`, readFileSync(`${path}-wal`).length >> 1),
    'the WAL cut': path => truncateSync(`${path}-wal`, readFileSync(`${path}-wal`).length - 5000),
    'the WAL emptied': path => truncateSync(`${path}-wal`),
    'the WAL removed': path => rmSync(`${path}-wal`),
    'the journal removed': path => {
      for (const end of ['', '-wal', '-shm']) rmSync(`${path}${end}`);
    },
  };
  for (const [damage, inflict] of Object.entries(damages)) {
    test(`${damage}: told, and no number is given twice`, context => {
      const path = killedAfter(context);
      inflict(path);
      checkContinues(open(context, path));
    });
  }

  test('an older copy in its place: told, and no number is given twice', context => {
    const path = killedAfter(context);
    const older = killedAfter(context, 12);
    for (const end of ['', '-wal', '-shm']) copyFileSync(`${older}${end}`, `${path}${end}`);
    const journal = open(context, path);
    assert.equal(journal.lost, { first: 13, last: rows });
    checkContinues(journal);
  });

  test('a loss is told at one start and counted for ever; later rows follow', context => {
    const path = killedAfter(context);
    rmSync(`${path}-wal`);
    const first = openJournal(path, 'bus-1');
    checkContinues(first);
    first.close();
    const next = open(context, path);
    assert.is(next.lost, undefined);
    assert.equal(next.count(), { rows: 1, openPurchases: 0, lastSeq: rows + leftOut + 1, lost: rows });
    assert.is(next.append(journalEntry()), rows + leftOut + 2);
  });

  test('nothing lost: nothing told, with a witness that is whole, half damaged, or behind', context => {
    const behind = killedAfter(context, rows - 1);
    const witnesses: Readonly<Record<string, (path: string) => void>> = {
      whole: () => {},
      'half damaged': path => flip(`${path}-seq`, 20),
      'otherwise half damaged': path => flip(`${path}-seq`, 4096 + 20),
      cut: path => truncateSync(`${path}-seq`, 4096),
      behind: path => copyFileSync(`${behind}-seq`, `${path}-seq`),
    };
    for (const [name, change] of Object.entries(witnesses)) {
      const path = killedAfter(context);
      change(path);
      const journal = open(context, path);
      assert.equal([journal.lost, journal.unwitnessed], [undefined, false], name);
      assert.is(journal.append(journalEntry()), rows + 1, name);
    }
  });

  test('a witness that is missing, damaged or another device’s is told, made anew, and good from then on', context => {
    const changes: ((path: string) => void)[] = [
      path => rmSync(`${path}-seq`),
      path => truncateSync(`${path}-seq`),
      path => writeFileSync(`${path}-seq`, Buffer.alloc(8192, 0x77)),
      path => {
        const other = openJournal(join(path, '..', 'other'), 'bus-2');
        other.append(journalEntry());
        other.close();
        copyFileSync(join(path, '..', 'other-seq'), `${path}-seq`);
      },
    ];
    for (const change of changes) {
      const path = killedAfter(context);
      change(path);
      const journal = openJournal(path, 'bus-1');
      assert.equal([journal.lost, journal.unwitnessed], [undefined, true]);
      journal.close();
      rmSync(path);
      checkContinues(open(context, path));
    }
  });

  test('an earlier firmware’s witness, without an epoch, counts', context => {
    const path = killedAfter(context);
    const record = Buffer.alloc(48);
    record.write('FVJW\x00\x00\x00\x01', 'latin1');
    createHash('sha256').update('bus-1').digest().copy(record, 8, 0, 8);
    record.writeBigUInt64BE(BigInt(rows), 16);
    record.writeBigUInt64BE(3n, 24);
    createHash('sha256').update(record.subarray(0, 32)).digest().copy(record, 32, 0, 16);
    writeFileSync(`${path}-seq`, Buffer.concat([record, Buffer.alloc(3 * 4096 - 48)]));
    for (const end of ['', '-wal', '-shm']) rmSync(`${path}${end}`);
    const journal = open(context, path);
    assert.equal([journal.lost, journal.epoch, journal.unwitnessed], [{ first: 1, last: rows }, 1, false]);
    assert.is(journal.append(journalEntry()), rows + leftOut + 1);
    assert.is(journal.count().lost, rows + 3);
  });

  test('the key of the small tables lost: they are emptied, and rides go on', context => {
    const path = killedAfter(context);
    const first = openJournal(path, 'bus-1');
    assert.is(statSync(`${path}-key`).mode & 0o777, 0o600);
    first.append(journalEntry({ at: Date.now() }));
    assert.ok(first.ridesSince(0).length > 0);
    first.close();
    writeFileSync(`${path}-key`, 'cut');
    const next = open(context, path);
    assert.equal([next.ridesSince(0), next.lost, next.count().rows], [[], undefined, rows + 1]);
    assert.is(statSync(`${path}-key`).size, 32);
  });

  test('a witness taken away while the journal is open is put back', async context => {
    const path = killedAfter(context);
    const journal = openJournal(path, 'bus-1');
    rmSync(`${path}-seq`);
    await journal.check();
    journal.close();
    rmSync(path);
    checkContinues(open(context, path));
  });

  test('crew, log and console are told; rides go on', context => {
    const path = killedAfter(context);
    rmSync(`${path}-wal`);
    const events: string[] = [];
    const write = (event: string) => void events.push(event);
    const log = { debug: write, info: write, warn: write, error: write };
    const parts = createParts(log);
    const tellLost = tellLostRows(parts, log);
    const guard = guardJournal(
      () => openJournal(path, 'bus-1'),
      parts.add('journal', 'journal'),
      Date.now,
      tellLost,
    );
    context.after(guard.close);
    assert.ok(events.includes('journal-rows-lost'));
    const problems = parts.list().map(({ kind, problem }) => [kind, problem]);
    assert.equal(problems, [
      ['journal', undefined],
      ['journal-rows', 'rows 1 to 40 are lost'],
    ]);
    assert.is(guard.append(journalEntry()), rows + leftOut + 1);
  });
});
