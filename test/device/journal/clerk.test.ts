/** The whole journal gone through while rides go on: in its own thread, and the check alone on journals made wrong by hand. */
import { generateKeyPairSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import Database from 'better-sqlite3';
import * as assert from 'uvu/assert';
import { checkRows } from '../../../device/journal/check-rows.ts';
import { createJournalClerk } from '../../../device/journal/clerk.ts';
import { openJournal } from '../../../device/journal/journal.ts';
import { openRowSealer } from '../../../sync/uplink/row-sealer.ts';
import { suite, type TestContext } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { journalEntry } from './journal-entry.ts';

const none = () => 0;

/** Raw X25519, of a back office that nobody knows. */
function officeKey(): Uint8Array {
  const { publicKey } = generateKeyPairSync('x25519');
  return publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
}

function filled(context: TestContext, rows: number, options = {}) {
  const path = join(temporaryDirectory(context), 'journal.sqlite');
  const journal = openJournal(path, 'bus-1', options);
  let isOpen = true;
  const close = () => {
    if (isOpen) journal.close();
    isOpen = false;
  };
  context.after(close);
  for (let row = 0; row < rows; row++) journal.append(journalEntry());
  return { path, journal, close };
}

/** What somebody has done to a journal's file. */
function check(path: string, meddling: string) {
  const db = new Database(path);
  try {
    db.exec(meddling);
    const steps = checkRows(db);
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
    }
  } finally {
    db.close();
  }
}

suite('journal clerk', test => {
  test('finds a journal whole, in use, plain or sealed', async context => {
    for (const options of [{}, { sealer: await openRowSealer(officeKey()) }]) {
      const { path, journal } = filled(context, 1, options);
      while (journal.append(journalEntry()) < 450) await setImmediate();
      const clerk = createJournalClerk(path);
      const checking = clerk.verify(none);
      await setImmediate();
      assert.is(journal.append(journalEntry()), 451);
      const { rows, first, sealed, missing, problems } = await checking;
      assert.equal({ first, missing, problems }, { first: 1, missing: [], problems: [] });
      assert.ok(rows >= 450);
      assert.is(sealed, 'sealer' in options ? rows : 0);
    }
  });

  test('copies it to a file that is not there yet', async context => {
    const { path, journal } = filled(context, 5);
    const out = `${path}-copy`;
    const clerk = createJournalClerk(path);
    const { epoch, ...exported } = await clerk.export(out);
    assert.is(epoch, journal.epoch);
    assert.equal(exported, { device: 'bus-1', rows: 5, first: 1, last: 5, keys: ['plain'] });
    assert.ok(existsSync(out));
    await clerk.export(out).then(
      () => assert.unreachable(),
      error => assert.match(error.message, 'is there already'),
    );
  });

  test('one at a time; who waits no more is let go, and the next one is done', async context => {
    const { path } = filled(context, 5);
    const clerk = createJournalClerk(path);
    const given = new AbortController();
    const first = clerk.verify(none, given.signal);
    await clerk.verify(none).then(
      () => assert.unreachable(),
      error => assert.match(error.message, 'already'),
    );
    given.abort();
    await first.then(
      () => assert.unreachable(),
      error => assert.match(error.message, 'given up'),
    );
    assert.is((await clerk.verify(none)).rows, 5);
  });

  test('a journal that is away is told', async context => {
    const path = join(temporaryDirectory(context), 'nothing');
    await createJournalClerk(path)
      .verify(none)
      .then(
        () => assert.unreachable(),
        error => assert.match(error.message, /open/),
      );
  });

  test('rows that were cut out are missing, unless the back office has them', async context => {
    const { path, close } = filled(context, 20);
    close();
    check(path, 'DELETE FROM row WHERE seq BETWEEN 5 AND 7 OR seq = 12');
    const clerk = createJournalClerk(path);
    assert.equal((await clerk.verify(none)).missing, [
      { first: 5, last: 7 },
      { first: 12, last: 12 },
    ]);
    assert.equal((await clerk.verify(() => 7)).missing, [{ first: 12, last: 12 }]);
    assert.equal((await clerk.verify(() => 12)).missing, []);
  });

  test('what was changed, exchanged or spoilt is told, row by row', context => {
    const cases: readonly (readonly [string, RegExp])[] = [
      [
        "UPDATE row SET body = CAST(replace(CAST(body AS TEXT), 'pass', 'cash') AS BLOB) WHERE seq = 4",
        /^row 5 does not follow/,
      ],
      ["UPDATE row SET body = CAST('garbage' AS BLOB) WHERE seq = 4", /^row 4 cannot be read/],
      [
        'UPDATE row SET body = (SELECT body FROM row WHERE seq = 2) WHERE seq = 4',
        /^row 4 says that it is row 2/,
      ],
      ["UPDATE row SET key_id = x'01', body = x'02' WHERE seq = 4", /^row 4 is not sealed/],
    ];
    for (const [meddling, problem] of cases) {
      const { path, close } = filled(context, 9);
      close();
      assert.match(check(path, meddling).problems[0] ?? '', problem, meddling);
    }
  });
});
