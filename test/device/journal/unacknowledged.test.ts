/** What only the validator has: all rows until the back office has acknowledged them, of this journal and no other. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { openJournal } from '../../../device/journal/journal.ts';
import { countUnacknowledged } from '../../../device/journal/unacknowledged.ts';
import { openMark } from '../../../sync/uplink/mark.ts';
import { suite, type TestContext } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { journalEntry } from './journal-entry.ts';

function journalOf(context: TestContext, rows: number) {
  const path = join(temporaryDirectory(context), 'journal.sqlite');
  const journal = openJournal(path, 'bus-1');
  for (let i = 0; i < rows; i++) journal.append(journalEntry());
  const { epoch } = journal;
  context.after(journal.close);
  const count = () => countUnacknowledged(path, device => openMark(`${path}-uplink`, device)).unacknowledged;
  return { path, epoch, count, mark: () => openMark(`${path}-uplink`, 'bus-1') };
}

suite('unacknowledged rows', test => {
  test('all of them where nothing has been acknowledged', context => {
    const { path, count } = journalOf(context, 3);
    assert.is(count(), 3);
    assert.equal(
      countUnacknowledged(path, () => ({ epoch: 1, acknowledged: 0 })),
      {
        journal: path,
        rows: 3,
        unacknowledged: 3,
      },
    );
  });

  test('those after the last one that the back office has, while the journal is written', context => {
    const { epoch, count, mark } = journalOf(context, 3);
    mark().begin(epoch);
    mark().advance(2, []);
    assert.is(count(), 1);
    mark().advance(3, []);
    assert.is(count(), 0);
  });

  test('what was acknowledged of another journal, or of another device, counts for nothing', context => {
    const { path, epoch, count, mark } = journalOf(context, 3);
    mark().begin(epoch + 1);
    mark().advance(3, []);
    assert.is(count(), 3);
    const other = openMark(`${path}-uplink`, 'bus-2');
    other.begin(epoch);
    other.advance(3, []);
    assert.is(count(), 3);
  });

  test('what is no journal is named', context => {
    const path = join(temporaryDirectory(context), 'journal.sqlite');
    const count = () => countUnacknowledged(path, () => ({ epoch: 1, acknowledged: 0 }));
    assert.throws(count, new RegExp(path));
    writeFileSync(path, 'not a database, and longer than the header of one'.repeat(9));
    assert.throws(count, new RegExp(path));
  });
});
