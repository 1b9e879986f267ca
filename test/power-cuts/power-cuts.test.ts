/**
 * The power is cut at every moment of a tap, of sealing and trimming, of a sync, and of a change of firmware: whatever the disk
 * holds then, the next start goes on. `TEST_POWER_CUTS=all` tries every state, otherwise a sample spread over them.
 */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import * as assert from 'uvu/assert';
import { toHex } from '../../device/core/bytes.ts';
import type { Status } from '../../device/core/check.ts';
import { type Journal, openJournal } from '../../device/journal/journal.ts';
import { readBoot } from '../../device/update/boot-file.ts';
import { chooseFirmware } from '../../device/update/choose-firmware.ts';
import { openLinkStore } from '../../sync/cache/link-store.ts';
import { createHttp } from '../../sync/client/http.ts';
import { syncOnce } from '../../sync/client/sync-once.ts';
import { verifySlot } from '../../sync/firmware/verify-slot.ts';
import { newPrivateKey, publicKeyOf } from '../../sync/keys/device-key.ts';
import { fixedRing } from '../../sync/keys/key-ring.ts';
import { readEpochs } from '../../sync/publisher/epochs/epoch-keys.ts';
import { serveFeed } from '../../sync/publisher/feed-server.ts';
import { openRowSealer } from '../../sync/uplink/row-sealer.ts';
import { journalEntry } from '../device/journal/journal-entry.ts';
import { suite, type TestContext } from '../harness.ts';
import { archiveOf, sha256 } from '../sync/firmware/archives.ts';
import {
  columns,
  type Expected,
  edition,
  expectedOf,
  makeSmallFeed,
  openSmallPublisher,
  publishRows,
  row,
} from '../sync/publisher/small-feed.ts';
import { temporaryDirectory } from '../temporary.ts';
import { type CrashState, crashStates, materialise } from './disk.ts';
import type { Operation } from './operations.ts';
import { record } from './record.ts';

/** A sync from each of some ten thousand states. */
const allTakesMs = 3_600_000;
const sampled = process.env.TEST_POWER_CUTS === 'all' ? Number.POSITIVE_INFINITY : 40;

/** @param look starts on what is there; it throws where that does not go on */
async function tryStates(
  context: TestContext,
  operations: readonly Operation[],
  look: (folder: string, said: readonly string[], state: CrashState) => void | Promise<void>,
): Promise<number> {
  const folder = join(temporaryDirectory(context), 'work');
  let count = 0;
  for (const state of crashStates(operations, sampled)) {
    count++;
    const said = saidIn(operations.slice(0, state.after));
    rmSync(folder, { recursive: true, force: true });
    materialise(state, folder);
    try {
      await look(folder, said, state);
    } catch (error) {
      throw new Error(`after ${state.after} operations, ${state.how}: ${error}`, { cause: error });
    }
  }
  process.stdout.write(`${count} states\n`);
  return count;
}

function saidIn(operations: readonly Operation[]): string[] {
  return operations.flatMap(operation => (operation.kind === 'said' ? [operation.line] : []));
}

/** The highest number behind a word. */
const highest = (said: readonly string[], word: string): number =>
  said.reduce(
    (most, line) => (line.startsWith(`${word} `) ? Math.max(most, Number(line.split(' ')[1])) : most),
    0,
  );

/** What nobody was told is not there either, or it is whole: numbers follow on each other. @returns those that are there */
function goOn(journal: Journal, shown: number, acknowledged = 0): readonly number[] {
  assert.equal([journal.damaged, journal.lost], [undefined, undefined]);
  const last = journal.lastSeq;
  assert.ok(last >= shown, `row ${shown} was shown, the last is ${last}`);
  assert.is(journal.append(journalEntry()), last + 1);
  return Array.from({ length: Math.max(0, shown - acknowledged) }, (_, i) => acknowledged + 1 + i);
}

function assertRows(path: string, expected: readonly number[]): void {
  const db = new Database(path, { readonly: true });
  const seqs = new Set(db.prepare<[], number>('SELECT seq FROM row').pluck().all());
  db.close();
  assert.equal(
    expected.filter(seq => !seqs.has(seq)),
    [],
    'shown, not acknowledged, and gone',
  );
}

suite('power cuts at every moment', test => {
  test.needing(
    'strace',
    'a tap whose notice was shown has its row, and no number is given twice',
    async context => {
      const operations = await record(context, 'tapping');
      assert.is(highest(saidIn(operations), 'shown'), 8);
      const count = await tryStates(context, operations, (folder, said) => {
        const path = join(folder, 'journal.sqlite');
        const journal = openJournal(path, 'bus-1');
        const expected = goOn(journal, highest(said, 'shown'));
        journal.close();
        assertRows(path, expected);
      });
      assert.ok(count > 20, `${count} states`);
    },
  );

  test.needing(
    'strace',
    'rows that are sealed and trimmed are lost only when the back office has them',
    async context => {
      const privateKey = newPrivateKey();
      const publicKey = publicKeyOf(privateKey);
      const operations = await record(context, 'sealing', publicKey.toString('hex'));
      assert.is(highest(saidIn(operations), 'shown'), 10);
      const sealer = await openRowSealer(publicKey);
      const count = await tryStates(context, operations, async (folder, said) => {
        const path = join(folder, 'journal.sqlite');
        const journal = openJournal(path, 'bus-1', { sealer });
        const expected = goOn(journal, highest(said, 'shown'), highest(said, 'acknowledged'));
        await journal.check();
        const rows = journal.rowsAfter(0, 100).map(({ seq }) => seq);
        journal.close();
        assertRows(path, expected);
        assert.equal(
          expected.filter(seq => !rows.includes(seq)),
          [],
          'not sealed again',
        );
      });
      assert.ok(count > 20, `${count} states`);
    },
  );

  test.needing('strace', 'a change of firmware leaves one that is whole', async context => {
    const directory = temporaryDirectory(context);
    const archives = ['2.0.0', '2.1.0', '2.2.0'].map(version => {
      const path = join(directory, version);
      writeFileSync(path, archiveOf(undefined, { version }));
      return path;
    });
    const digests = archives.map(path => sha256(readFileSync(path)));
    const operations = await record(context, 'switching', ...archives);
    const count = await tryStates(context, operations, folder => {
      // As many starts as a trial may have, and one more.
      const slots = [1, 2, 3, 4].map(() => {
        const { slot, entry } = chooseFirmware(folder, true, 1000);
        const isWhole = entry === undefined || digests.some(digest => verifySlot(join(folder, slot), digest));
        assert.ok(isWhole, `slot ${slot} is started and not whole`);
        return slot;
      });
      const { trial, use } = readBoot(folder);
      assert.equal([trial, use], [undefined, slots.at(-1)]);
    });
    assert.ok(count > 20, `${count} states`);
  });

  test.needing(
    'strace',
    'a sync leaves one whole version, and the next one goes on',
    async context => {
      const feed = await makeSmallFeed(context);
      const publisher = openSmallPublisher(context, feed);
      const scratch = temporaryDirectory(context);
      const people = (status: Status, count: number) =>
        Array.from({ length: count }, (_, i) => row(i, `p${i}`, i % 3 === 0 ? status : 'green'));
      const tables = [people('green', 30), people('red', 33), people('yellow', 28)];
      const accounts = people('green', 40).map(({ account }) => account);
      const expected = new Map<number, Expected>();
      const urls: string[] = [];
      for (const [i, table] of tables.entries()) {
        const all = columns(feed, table);
        const { version } =
          i === 1
            ? publishRows(feed, publisher, tables[0] ?? [], table)
            : publisher.publishAll(all, String, edition());
        expected.set(version, expectedOf(table));
        cpSync(feed.places.public, join(scratch, `${version}`), { recursive: true });
        const server = await serveFeed(join(scratch, `${version}`), 0);
        context.after(() => server.close());
        urls.push(server.url);
      }
      const keys = readEpochs(feed.dir).keys;
      const keysFile = join(scratch, 'keys.json');
      writeFileSync(keysFile, JSON.stringify(keys.map(({ id, key }) => ({ id, key: toHex(key) }))));
      const { initialRoot } = feed.places;
      const operations = await record(context, 'syncing', initialRoot, keysFile, ...urls);
      assert.equal(saidIn(operations), ['synced 2 by snapshot', 'synced 3 by delta', 'synced 4 by snapshot']);

      const http = createHttp({ timeoutMs: 600_000 });
      context.after(() => http.close());
      /** @returns the version in use, all of whose links are as they were published; 0 for none */
      const look = (directory: string): number => {
        const damages: string[] = [];
        const store = openLinkStore(directory, fixedRing(keys), {
          changed: () => undefined,
          damaged: (_, why) => void damages.push(why),
        });
        try {
          const state = store.describe();
          if (!state.usable) return 0;
          for (const account of accounts) {
            const link = store.find(store.tokenOf('t-union', account));
            const found = 'unavailable' in link ? link.unavailable : link.found ? link.status : undefined;
            assert.is(
              found,
              expected.get(state.version)?.get(account),
              `${account} in version ${state.version}`,
            );
          }
          assert.equal(damages, []);
          return state.version;
        } finally {
          store.close();
        }
      };
      const [url = ''] = urls.slice(-1);
      const count = await tryStates(context, operations, async (directory, said) => {
        const before = look(directory);
        assert.ok(before >= highest(said, 'synced'), `version ${before} is in use after ${said.at(-1)}`);
        await syncOnce({ url, rootFile: initialRoot, keys: fixedRing(keys), directory }, http);
        assert.is(look(directory), 4);
      });
      assert.ok(count > 20, `${count} states`);
    },
    allTakesMs,
  );

  test.needing('strace', 'what is never synced is lost, and these tests see it', async context => {
    const operations = await record(context, 'tapping');
    const unsynced = operations.filter(({ kind }) => kind !== 'sync');
    const shown = crashStates(unsynced.slice(0, unsynced.findLastIndex(({ kind }) => kind === 'said') + 1));
    const worst = [...shown].find(({ how, after }) => how === 'nothing there' && after > 0);
    assert.equal([...(worst?.files.keys() ?? [])], []);
    const written = operations.filter(({ kind }) => kind === 'write').length;
    const synced = operations.filter(({ kind }) => kind === 'sync').length;
    assert.ok(written > 20 && synced > 10, `${written} writes, ${synced} syncs`);
  });
});
