/** Journals as files: of this firmware and earlier ones, and files that only look like one. */
import { rejects } from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import * as assert from 'uvu/assert';
import { importJournal } from '../../../../sim/backoffice/intake/import-journal.ts';
import { createSqliteTaps } from '../../../../sim/backoffice/intake/sqlite-taps.ts';
import { createIntake } from '../../../../sim/backoffice/intake/take-rows.ts';
import { openTrips } from '../../../../sim/backoffice/intake/trips-file.ts';
import { openForFilling } from '../../../device/journal/fill-journal.ts';
import { suite, type TestContext } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';

function workshop(context: TestContext) {
  const dir = temporaryDirectory(context);
  const trips = openTrips(dir);
  context.after(() => trips.close());
  const intake = createIntake(createSqliteTaps(trips), () => 1e13);
  const file = (name: string) => join(dir, name);
  return { trips, file, take: (path: string) => importJournal(intake, path) };
}

const version1 = `
  CREATE TABLE owner (id INTEGER PRIMARY KEY, device TEXT NOT NULL, probed_at INTEGER NOT NULL) STRICT;
  CREATE TABLE tap (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, reader TEXT NOT NULL, line TEXT NOT NULL, kind TEXT, token BLOB,
    code_digest BLOB, verdict TEXT NOT NULL, reason TEXT, phase TEXT NOT NULL, fare_taken INTEGER NOT NULL,
    fare_fen INTEGER NOT NULL
  ) STRICT;
  INSERT INTO owner VALUES (1, 'old', 0);
  INSERT INTO tap VALUES (1, 5, 'card', '2', 'bmac', x'0102030405060708', NULL, 'pass', NULL, 'trial', 1, 100);
`;

function make(path: string, sql: string, applicationId = 0x46564a4c, version = 1): string {
  const db = new Database(path);
  db.exec(sql);
  db.pragma(`application_id = ${applicationId}`);
  db.pragma(`user_version = ${version}`);
  db.close();
  return path;
}

suite('journal files', test => {
  test('one that the firmware is writing: only read, each row once', async context => {
    const { trips, file, take } = workshop(context);
    const journal = openForFilling(file('journal.sqlite'), 'bus-1-front');
    context.after(journal.close);
    journal.add(25_000);
    assert.equal(await take(file('journal.sqlite')), {
      ...{ device: 'bus-1-front', epoch: 1, new: 25_000 },
      ...{ known: 0, refused: 0, broken: 0, problems: [] },
    });
    journal.add(1);
    const again = await take(file('journal.sqlite'));
    assert.equal([again.new, again.known, again.refused], [1, 25_000, 0]);
    assert.is(trips.prepare('SELECT max(last_seq) FROM run').pluck().get(), 25_001);
  }, 600_000);

  test('an earlier firmware’s', async context => {
    const { trips, file, take } = workshop(context);
    assert.is((await take(make(file('old'), version1))).new, 1);
    const { event, step, bus } = trips.prepare<[], Record<string, unknown>>('SELECT * FROM tap').get() ?? {};
    assert.equal([event, step, bus], ['tap', null, null]);
  });

  test('rows without a number are refused, and not passed over', async context => {
    const { file, take } = workshop(context);
    const loose = version1
      .replace('seq INTEGER PRIMARY KEY AUTOINCREMENT', 'seq')
      .replaceAll(' STRICT', '')
      .replace('VALUES (1, 5', "VALUES ('one', 5");
    assert.equal((await take(make(file('loose'), loose))).problems, [
      'row without a number: seq: Invalid input: expected number, received string',
    ]);
  });

  test('what is none is refused in a line', async context => {
    const { file, take } = workshop(context);
    writeFileSync(file('text'), 'no database at all, but long enough to be one'.repeat(100));
    make(file('other'), version1, 1);
    make(file('newer'), version1, 0x46564a4c, 5);
    make(file('empty'), 'CREATE TABLE x (y)');
    make(
      file('view'),
      `${version1.replace('TABLE tap', 'TABLE taps').replace('INTO tap', 'INTO taps')} CREATE VIEW tap AS SELECT * FROM taps;`,
    );
    make(file('columns'), version1.replace('reader TEXT NOT NULL,', '').replace("'card', ", ''));
    for (const [name, why] of [
      ['none', /none: unable to open/],
      ['text', /text: file is not a database/],
      ['other', /other: the file is not a journal/],
      ['newer', /newer: schema 5, newer than 4/],
      ['empty', /empty: the file has no rows of a journal/],
      ['view', /view: the file has no rows of a journal/],
      ['columns', /columns: its rows have no reader/],
    ] as const)
      await rejects(() => take(file(name)), why);
  });

  test('rows that are none are told by their number', async context => {
    const { file, take } = workshop(context);
    const bad = `INSERT INTO tap VALUES (2, 5, '${'x'.repeat(1000)}', '2', 'bmac', zeroblob(8), NULL, 'pass', NULL, 'trial', 1, 100);
      INSERT INTO tap VALUES (3, 5, 'card', '2', 'bmac', zeroblob(9000000), NULL, 'pass', NULL, 'trial', 1, 9223372036854775807);`;
    const { new: added, refused, problems } = await take(make(file('old'), version1 + bad));
    assert.equal([added, refused], [1, 2]);
    assert.match(problems[0] ?? '', /^row 2: reader: /);
    assert.match(problems[1] ?? '', /^row 3: /);
  });
});
