/** A journal that cannot be used is set aside whole, and no row's name is ever given twice. */
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import * as assert from 'uvu/assert';
import { openJournal } from '../../../device/journal/journal.ts';
import { tellDamage } from '../../../device/journal/journal-guard.ts';
import { createParts } from '../../../device/parts.ts';
import { suite, type TestContext } from '../../harness.ts';
import { countJournalRows } from '../../journal-rows.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { fillJournal } from './fill-journal.ts';
import { journalEntry } from './journal-entry.ts';

const device = 'bus-1';
const rows = 300;
/** Numbers that are left out: the last ones may not have been noted. */
const leftOut = 16;
const day = (isoDate: string) => ({ clock: () => Date.parse(isoDate) });
const now = day('2026-12-01T08:00:00Z');
const epochOfNow = (Date.parse('2026-12-01T00:00:00Z') - Date.parse('2020-01-01T00:00:00Z')) / 86_400_000;

/** A journal of epoch 1, closed. */
function journalIn(context: TestContext): string {
  const path = join(temporaryDirectory(context), 'journal.sqlite');
  fillJournal(path, device, rows);
  openJournal(path, device, now).close();
  return path;
}

function open(context: TestContext, path: string, options = now) {
  const journal = openJournal(path, device, options);
  context.after(() => journal.close());
  return journal;
}

/** In the middle of a page of the table. */
function breakPage(path: string): void {
  const bytes = readFileSync(path);
  bytes.fill(0xff, 10 * 4096, 10 * 4096 + 64);
  writeFileSync(path, bytes);
}

const damages: Readonly<Record<string, (path: string) => void>> = {
  'a text': path => writeFileSync(path, 'not a database at all, but long enough to look at'.repeat(20)),
  'another program’s database'(path) {
    rmSync(path);
    new Database(path).exec('CREATE TABLE taps (x)').close();
  },
  'the file cut': path => truncateSync(path, 8192),
  'a page broken': breakPage,
};

suite('a damaged journal', test => {
  for (const [what, damage] of Object.entries(damages)) {
    test(`${what}: set aside whole, told, and a new one is begun`, context => {
      const path = journalIn(context);
      damage(path);
      const before = readFileSync(path);
      const journal = open(context, path);
      const { file = '', why = '', lastSeq } = journal.damaged ?? {};
      assert.is(file, `${path}.damaged-1`);
      assert.equal(readFileSync(file), before);
      assert.ok(why.length > 5, why);
      assert.equal([lastSeq, journal.lost, journal.epoch], [rows, undefined, epochOfNow]);
      assert.is(journal.append(journalEntry()), rows + leftOut + 1);
      assert.equal(journal.count(), { rows: 1, openPurchases: 0, lastSeq: rows + leftOut + 1, lost: 0 });
    });
  }

  test('again and again: every epoch is another, and nothing that was set aside is overwritten', context => {
    const path = journalIn(context);
    const epochs: number[] = [];
    for (let i = 0; i < 3; i++) {
      damages['a text']?.(path);
      const journal = openJournal(path, device, now);
      epochs.push(journal.epoch);
      journal.append(journalEntry());
      journal.close();
    }
    assert.equal(epochs, [epochOfNow, epochOfNow + 1, epochOfNow + 2]);
    const aside = readdirSync(dirname(path)).filter(name => name.includes('.damaged-'));
    assert.is(aside.length, 3);
  });

  test('a disk that fails at each start: four stay, the oldest give way, and that is told', context => {
    const path = journalIn(context);
    const open = () => {
      damages['a text']?.(path);
      const journal = openJournal(path, device, now);
      journal.close();
      return journal;
    };
    const opened = Array.from({ length: 6 }, open);
    const aside = readdirSync(dirname(path)).filter(name => name.includes('.damaged-'));
    const names = [1, 2, 3, 4].map(i => `journal.sqlite.damaged-${epochOfNow + i}`);
    assert.equal(aside.sort(), names);
    const gone = [1, epochOfNow].map(epoch => `${path}.damaged-${epoch}`);
    assert.equal(
      opened.flatMap(({ damaged }) => damaged?.removed ?? []),
      gone,
    );
    const told: unknown[] = [];
    const write = (event: string, fields = {}) => void told.push([event, ...Object.values(fields)]);
    const log = { debug: write, info: write, warn: write, error: write };
    const parts = createParts(log);
    const [last] = opened.slice(-1);
    if (last !== undefined) tellDamage(parts, log)(last);
    assert.equal(told[1], ['journal-set-aside-removed', [gone[1]]]);
    assert.ok(parts.list()[0]?.problem?.endsWith(`the oldest of those before are removed: ${gone[1]}`));
  });

  test('its witness lost as well: the name of what was set aside tells the epoch', context => {
    const path = journalIn(context);
    damages['a text']?.(path);
    openJournal(path, device, now).close();
    damages['a text']?.(path);
    rmSync(`${path}-seq`);
    // The clock has lost its time too.
    const first = openJournal(path, device, day('1970-01-02T00:00:00Z'));
    const { epoch } = first;
    first.close();
    assert.ok(epoch > 1, `${epoch}`);
    assert.ok(existsSync(`${path}.damaged-1-2`));
  });

  test('every file gone with its disk: another epoch than ever before', context => {
    const path = journalIn(context);
    for (const name of readdirSync(dirname(path))) rmSync(join(dirname(path), name));
    const journal = open(context, path);
    assert.equal([journal.epoch, journal.append(journalEntry())], [epochOfNow, 1]);
  });

  test('an older journal put back in its place is set aside too: its numbers have been given', context => {
    const path = journalIn(context);
    copyFileSync(path, `${path}.older`);
    damages['a text']?.(path);
    const second = openJournal(path, device, now);
    second.append(journalEntry());
    second.close();
    copyFileSync(`${path}.older`, path);
    const third = open(context, path);
    assert.match(third.damaged?.why ?? '', /older journal/);
    assert.is(third.epoch, epochOfNow + 1);
    assert.is(countJournalRows(`${path}.damaged-${epochOfNow}`), rows);
    assert.is(third.append(journalEntry()), rows + 2 * leftOut + 2);
  });

  test('its log is none of the new one’s', context => {
    const path = journalIn(context);
    const running = openJournal(path, device, now);
    running.append(journalEntry());
    const copy = join(temporaryDirectory(context), 'journal.sqlite');
    for (const end of ['', '-wal', '-seq', '-key']) copyFileSync(`${path}${end}`, `${copy}${end}`);
    running.close();
    breakPage(copy);
    const journal = open(context, copy);
    assert.ok(existsSync(`${copy}.damaged-1`));
    assert.equal([journal.count().rows, journal.append(journalEntry())], [0, rows + 1 + leftOut + 1]);
  });

  test('the next start says nothing of it; crew and log are told at this one', context => {
    const path = journalIn(context);
    breakPage(path);
    const events: string[] = [];
    const write = (event: string) => void events.push(event);
    const log = { debug: write, info: write, warn: write, error: write };
    const parts = createParts(log);
    const journal = openJournal(path, device, now);
    tellDamage(parts, log)(journal);
    journal.close();
    assert.ok(events.includes('journal-damaged'));
    const [part] = parts.list();
    assert.is(part?.kind, 'journal-rows');
    assert.match(part?.problem ?? '', /rows up to 300 are in .*journal\.sqlite\.damaged-1/);
    assert.is(open(context, path).damaged, undefined);
  });
});
