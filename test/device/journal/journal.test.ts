import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import * as assert from 'uvu/assert';
import { createSeenMedia } from '../../../device/core/seen.ts';
import { createDigests } from '../../../device/journal/digests.ts';
import { type Journal, openJournal } from '../../../device/journal/journal.ts';
import { guardJournal, restoreSeen } from '../../../device/journal/journal-guard.ts';
import { DeviceError } from '../../../device/kit/errors.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { countJournalRows } from '../../journal-rows.ts';
import { ext4Disk, fillDisk, mountExt4Disk, mountSmallDisk, smallDisk } from '../../small-disk.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { journalEntry } from './journal-entry.ts';

const isStorage = (error: unknown) => error instanceof DeviceError && error.kind === 'storage';

suite('journal', test => {
  test('numbers rows from 1 without gaps, over restarts', context => {
    const path = join(temporaryDirectory(context), 'journal.sqlite');
    for (const first of [1, 4, 7]) {
      const journal = openJournal(path, 'bus-1');
      assert.equal(
        [1, 2, 3].map(() => journal.append(journalEntry())),
        [first, first + 1, first + 2],
      );
      journal.close();
    }
  });

  test('keeps what a ride needs to be known again, oldest first', context => {
    const digests = createDigests();
    const journal = openJournal(join(temporaryDirectory(context), 'j'), 'bus-1', { digests });
    context.after(() => journal.close());
    const digest = Uint8Array.of(9, 9);
    journal.append(journalEntry({ at: 1000 }));
    journal.append(journalEntry({ at: 2000, kind: 'ride-code', codeDigest: digest }));
    const refused = {
      verdict: { verdict: 'repeat' },
      phase: 'enforced',
      fareTaken: false,
      fareFen: 0,
    } as const;
    journal.append(journalEntry({ at: 3000, decision: refused }));
    const rides = journal.ridesSince(1500);
    assert.is(rides.length, 1);
    assert.is(rides[0]?.at, 2000);
    const seen = createSeenMedia(() => 5);
    restoreSeen(seen, () => 2000)(journal);
    const [token = '', codeDigest] = ['0102030405060708', '0909'].map(digests.nameOf);
    assert.is(seen.recall({ token, codeDigest, at: 60_000 }), 'used');
    assert.is(seen.recall({ token: '0102030405060708', codeDigest: '0909', at: 60_000 }), 'new');
  });

  test('kill -9 at any moment: every number told is there, no gap, none twice', async context => {
    const path = join(temporaryDirectory(context), 'journal.sqlite');
    let told = 0;
    for (let round = 0; round < 12; round++) {
      const writer = spawn(process.execPath, [join(import.meta.dirname, 'journal-writer.js'), path, 'bus-1']);
      context.after(() => writer.kill('SIGKILL'));
      let output = '';
      writer.stdout.on('data', chunk => {
        output += chunk;
      });
      await until('some rows', () => output.length > 10 + round * 7);
      writer.kill('SIGKILL');
      await once(writer, 'close');
      const numbers = output.split('\n').slice(0, -1).map(Number);
      assert.is(numbers[0], told + 1);
      assert.equal(
        numbers,
        Array.from(numbers, (_, i) => told + 1 + i),
      );
      const journal = openJournal(path, 'bus-1');
      const { lastSeq } = journal.count();
      assert.is(countJournalRows(path), lastSeq);
      // A row may be on disk whose number had not been told yet; one at most.
      assert.ok(lastSeq - (numbers.at(-1) ?? 0) <= 1);
      assert.ok(lastSeq >= (numbers.at(-1) ?? 0));
      told = lastSeq;
      journal.close();
    }
  });

  test('another device’s, and one in a place that cannot be written, are never replaced', context => {
    const directory = temporaryDirectory(context);
    const path = join(directory, 'journal.sqlite');
    openJournal(path, 'bus-1').close();
    assert.throws(() => openJournal(path, 'bus-2'), /belongs to device bus-1/);
    assert.throws(() => openJournal(join(directory, 'missing', 'j'), 'bus-1'), isStorage);
  });
});

suite('journal guard', test => {
  const clock = () => 1_654_000_000_000;

  function watch() {
    const faults: DeviceError[] = [];
    let ready = 0;
    return {
      faults,
      readyCount: () => ready,
      events: { ready: () => ++ready, fault: (e: DeviceError) => faults.push(e) },
    };
  }

  /** A guarded journal at the path, until the test ends. */
  function guarded({ after }: TestContext, path: string) {
    const { events, ...heard } = watch();
    const open = () => openJournal(path, 'bus-1');
    const guard = guardJournal(open, events, clock, () => undefined);
    after(() => guard.close());
    return { guard, ...heard };
  }

  test('a journal that cannot be opened takes nothing, and is opened once it can be', async context => {
    const directory = join(temporaryDirectory(context), 'later');
    const { faults, readyCount, events } = watch();
    const opened: Journal[] = [];
    const open = () => openJournal(join(directory, 'j'), 'bus-1');
    const guard = guardJournal(open, events, clock, journal => opened.push(journal));
    context.after(() => guard.close());
    assert.is(guard.append(journalEntry()), undefined);
    assert.is(faults.length, 1);
    mkdirSync(directory);
    await until('the journal is back', () => readyCount() === 1);
    assert.is(guard.append(journalEntry()), 1);
    assert.is(opened.length, 1);
  });

  test.needing(smallDisk, 'a full disk is noticed without a row', async context => {
    const directory = temporaryDirectory(context);
    mountSmallDisk(directory, context);
    const journal = openJournal(join(directory, 'journal.sqlite'), 'bus-1');
    context.after(journal.close);
    await journal.check();
    fillDisk(join(directory, 'filler'));
    assert.ok(isStorage(await refusal(journal)));
    rmSync(join(directory, 'filler'));
    await journal.check();
  });

  test.needing(ext4Disk, 'an ext4 that breaks down is noticed without a tap', async context => {
    const directory = temporaryDirectory(context);
    const disk = mountExt4Disk(directory, context);
    const { guard, faults } = guarded(context, join(directory, 'j'));
    assert.is(guard.append(journalEntry()), 1);
    disk.breakDown();
    // It still says that it may be written.
    accessSync(join(directory, 'j'), constants.W_OK);
    await until('it is noticed', () => faults.length > 0);
    assert.ok(isStorage(faults[0]));
    assert.is(guard.current(), undefined);
    assert.is(guard.append(journalEntry()), undefined);
  });

  for (const lock of ['BEGIN IMMEDIATE', 'BEGIN EXCLUSIVE']) {
    test(`locked by somebody (${lock}): noticed without a tap, and gone with the lock`, async context => {
      const path = join(temporaryDirectory(context), 'j');
      const { guard, faults, readyCount } = guarded(context, path);
      const somebody = new Database(path);
      context.after(() => somebody.close());
      somebody.exec(lock);
      await until('it is noticed', () => faults.length > 0);
      assert.match(faults[0]?.message ?? '', /database is locked/);
      const before = readyCount();
      somebody.exec('ROLLBACK');
      await until('it is over', () => readyCount() > before);
      assert.is(guard.append(journalEntry()), 1);
    });
  }

  test('its log shrinks once somebody’s reader is gone, without a tap, and keeps no tap waiting before', async context => {
    const path = join(temporaryDirectory(context), 'j');
    const journal = openJournal(path, 'bus-1');
    context.after(journal.close);
    const logBytes = () => statSync(`${path}-wal`).size;
    const reader = new Database(path, { readonly: true });
    context.after(() => reader.close());
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM row').get();
    const writer = new Database(path);
    writer.exec('CREATE TABLE filler (bytes BLOB); INSERT INTO filler VALUES (zeroblob(6000000))');
    writer.close();
    await journal.check();
    assert.ok(logBytes() > 6_000_000);
    assert.is(journal.append(journalEntry()), 1);
    reader.exec('COMMIT');
    await journal.check();
    assert.is(logBytes(), 0);
    assert.is(journal.append(journalEntry()), 2);
    assert.is(countJournalRows(path), 2);
  });

  test.needing(
    smallDisk,
    'a full disk: no row, no number used, and back when there is room',
    async context => {
      const directory = temporaryDirectory(context);
      mountSmallDisk(directory, context);
      const { guard, faults } = guarded(context, join(directory, 'j'));
      let last = guard.append(journalEntry()) ?? 0;
      const filler = join(directory, 'filler');
      fillDisk(filler);
      for (let i = 0; i < 200 && faults.length === 0; i++) last = guard.append(journalEntry()) ?? last;
      assert.is(faults[0]?.kind, 'storage');
      assert.is(guard.append(journalEntry()), undefined);
      truncateSync(filler, 0);
      const next = await until('room again', () => guard.append(journalEntry()));
      assert.is(next, last + 1);
    },
  );
});

async function refusal(journal: Journal): Promise<unknown> {
  try {
    await journal.check();
    return undefined;
  } catch (error) {
    return error;
  }
}
