/** Sealed journals carried to the back office by hand: exported beside a running firmware, damaged on the way, sealed for several keys. */
import { chmodSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import * as assert from 'uvu/assert';
import { exportJournal } from '../../../../device/journal/export-journal.ts';
import { openJournal } from '../../../../device/journal/journal.ts';
import { importJournal } from '../../../../sim/backoffice/intake/import-journal.ts';
import { createSqliteTaps } from '../../../../sim/backoffice/intake/sqlite-taps.ts';
import { createIntake } from '../../../../sim/backoffice/intake/take-rows.ts';
import { openTrips } from '../../../../sim/backoffice/intake/trips-file.ts';
import {
  openingOf,
  openUplinkKeys,
  rotateSealingKey,
  uplinkPlaces,
} from '../../../../sim/backoffice/uplink/office-keys.ts';
import { openRowSealer } from '../../../../sync/uplink/row-sealer.ts';
import { readOfficeKeys } from '../../../../sync/uplink/uplink-keys.ts';
import { journalEntry } from '../../../device/journal/journal-entry.ts';
import { suite, type TestContext } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';

function workshop(context: TestContext) {
  const dir = temporaryDirectory(context);
  openUplinkKeys(dir);
  const places = uplinkPlaces(dir);
  const trips = openTrips(dir);
  context.after(() => trips.close());
  const intake = createIntake(createSqliteTaps(trips), () => 1e13);
  const bus = join(dir, 'bus');
  mkdirSync(bus, { mode: 0o700 });
  const path = join(bus, 'journal.sqlite');
  /** As the firmware does, with the key that validators are given now. */
  const run = async (rows: number) => {
    const sealer = await openRowSealer(readOfficeKeys(places.office).sealingKey);
    const journal = openJournal(path, 'bus-1', { sealer });
    for (let i = 0; i < rows; i++)
      journal.append(journalEntry({ token: Uint8Array.of(i, 2, 3, 4, 5, 6, 7, 8) }));
    return journal;
  };
  const take = (file: string) => importJournal(intake, file, openingOf(places));
  return { dir, path, bus, trips, run, take, file: (name: string) => join(dir, name) };
}

/** Changes a file by SQL, as somebody would who has it in hand. */
function tamper(file: string, sql: string): void {
  const db = new Database(file);
  db.exec(sql);
  db.close();
}

suite('sealed journals', test => {
  test('one that the firmware is writing, its directory, and its export: each row once', async context => {
    const { path, bus, run, take, file } = workshop(context);
    const journal = await run(40);
    context.after(() => journal.close());
    const sums = ({ new: added, known, refused, broken }: Awaited<ReturnType<typeof take>>) =>
      [added, known, refused, broken].join(' ');
    assert.is(sums(await take(bus)), '40 0 0 0');
    const { device, epoch, rows, first, last, keys } = exportJournal(path, file('out'));
    assert.equal([device, epoch, rows, first, last, keys.length], ['bus-1', journal.epoch, 40, 1, 40, 1]);
    journal.append(journalEntry());
    chmodSync(file('out'), 0o400);
    assert.is(sums(await take(file('out'))), '0 40 0 0');
    assert.is(sums(await take(path)), '1 40 0 0');
    const tables = new Database(file('out'), { readonly: true });
    context.after(() => tables.close());
    const names = tables.prepare(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    );
    assert.equal(names.pluck().all().sort(), ['owner', 'row'], 'rows alone, none of the small tables');
    assert.throws(() => exportJournal(path, file('out')), /out is there already/);
    writeFileSync(file('text'), 'no journal at all'.repeat(100));
    assert.throws(() => exportJournal(file('text'), file('other')), /text to .*not a database/);
    assert.throws(() => exportJournal(file('none'), file('other')), /none to /);
  });

  test('rows of before and after a change of the key open, those of a key that is gone are refused one by one', async context => {
    const { dir, path, run, take, trips } = workshop(context);
    const keys = uplinkPlaces(dir).keys;
    const before = readFileSync(keys, 'utf8');
    for (const rows of [20, 3]) {
      (await run(rows)).close();
      rotateSealingKey(dir);
    }
    assert.equal(await take(path).then(({ new: added, problems }) => [added, problems]), [23, []]);
    assert.is(trips.prepare('SELECT count(DISTINCT token) FROM tap').pluck().get(), 20);
    writeFileSync(keys, before);
    const { known, refused, problems } = await take(path);
    assert.equal([known, refused], [20, 3]);
    assert.match(problems[0] ?? '', /^row 21: sealed for key [0-9a-f]{16}, which is not here$/);
  });

  test('cut out, changed, put elsewhere: seen, with the row', async context => {
    const { path, run, take, file } = workshop(context);
    (await run(30)).close();
    const kinds: readonly (readonly [string, RegExp])[] = [
      [
        'DELETE FROM row WHERE seq = 9; UPDATE row SET seq = seq - 1 WHERE seq > 9',
        /^row 9: not sealed for us/,
      ],
      [
        'UPDATE row SET body = (SELECT body FROM row WHERE seq = 3) WHERE seq = 7',
        /^row 7: not sealed for us/,
      ],
      ['UPDATE row SET body = CAST(substr(body, 1, 99) || zeroblob(8) AS BLOB) WHERE seq = 5', /^row 5: /],
      ["UPDATE owner SET device = 'bus-2'", /^row 1: not sealed for us/],
      ['UPDATE owner SET epoch = epoch + 1', /^row 1: not sealed for us/],
      ['UPDATE row SET body = zeroblob(100000) WHERE seq = 4', /^row 4: /],
      ['UPDATE row SET key_id = NULL WHERE seq = 6', /^row 6: /],
      ["UPDATE row SET key_id = x'00' WHERE seq = 6", /^row 6: sealed for key 00, which/],
    ];
    for (const [i, [sql, problem]] of kinds.entries()) {
      const out = file(`out-${i}`);
      exportJournal(path, out);
      tamper(out, sql);
      const { refused, problems } = await take(out);
      assert.ok(refused > 0, sql);
      assert.match(problems[0] ?? '', problem, sql);
    }
  });

  test('a plain row that somebody has changed is seen by the row that follows', async context => {
    const { take, file } = workshop(context);
    const journal = openJournal(file('plain'), 'bus-1');
    for (let i = 0; i < 5; i++) journal.append(journalEntry());
    journal.close();
    exportJournal(file('plain'), file('out'));
    tamper(
      file('out'),
      `UPDATE row SET body = CAST(replace(CAST(body AS TEXT), '"fare_fen":100', '"fare_fen":900') AS BLOB) WHERE seq = 3`,
    );
    const { broken, problems } = await take(file('out'));
    assert.equal([broken, problems], [1, ['row 4 does not follow the one before: one of them is another']]);
  });

  test('a damaged one: what stands before is taken, and the place is told; one that is cut, or none, is refused', async context => {
    const { path, run, take, file } = workshop(context);
    (await run(200)).close();
    exportJournal(path, file('out'));
    const bytes = readFileSync(file('out'));
    writeFileSync(file('damaged'), bytes.fill(0xff, 12 * 4096, 12 * 4096 + 200));
    const { new: added, broken, problems } = await take(file('damaged'));
    assert.ok(added > 0 && added < 200, `${added}`);
    assert.equal([broken, problems], [1, [`after row ${added}: database disk image is malformed`]]);
    truncateSync(file('out'), 5 * 4096);
    writeFileSync(file('text'), 'no database at all, but long enough to be one'.repeat(100));
    for (const [name, why] of [
      ['out', /out: database disk image is malformed/],
      ['text', /text: file is not a database/],
    ] as const)
      await take(file(name)).then(
        () => assert.unreachable(),
        error => assert.match(String(error), why),
      );
  });
});
