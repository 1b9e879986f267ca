import { writeFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { bootFile, readBoot, writeBoot } from '../../../device/update/boot-file.ts';
import {
  beginTrial,
  confirm,
  countStart,
  factoryRecord,
  giveUp,
  hasFailed,
  readRecord,
  spareSlot,
  uncountStart,
} from '../../../device/update/boot-record.ts';
import { suite } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { digest, trial } from './slots.ts';

suite('the boot record', test => {
  test('what is on trial is in use only when it is confirmed, and the slot before is spare then', () => {
    const begun = beginTrial(factoryRecord, trial);
    assert.is(begun.use, 'factory');
    assert.is(spareSlot(begun), undefined);
    const confirmed = confirm(begun);
    assert.equal([confirmed.use, confirmed.trial, spareSlot(confirmed)], ['b', undefined, 'a']);
    assert.is(spareSlot(confirm(beginTrial(confirmed, { ...trial, slot: 'a' }))), 'b');
  });

  test('what is given up is not tried again, unless it is published again', () => {
    const given = giveUp(beginTrial(factoryRecord, trial), 'it fell over', 5);
    assert.equal([given.use, given.trial, given.rolledBack], ['factory', undefined, true]);
    assert.is(hasFailed(given, { sha256: digest('b'), attempt: 1 }), true);
    assert.is(hasFailed(given, { sha256: digest('b'), attempt: 2 }), false);
    assert.is(hasFailed(given, { sha256: digest('c'), attempt: 1 }), false);
    const later = confirm(beginTrial(given, { ...trial, sha256: digest('c') }));
    assert.is(later.rolledBack, false);
    assert.is(later.failed.length, 1);
  });

  test('the sixteen newest failures are remembered', () => {
    let record = factoryRecord;
    for (let i = 1; i <= 20; i++) record = giveUp(beginTrial(record, { ...trial, attempt: i }), 'again', i);
    assert.equal([record.failed.length, record.failed.at(-1)?.attempt], [16, 20]);
  });

  test('starts are counted up to the most, and one that was stopped in order is not', () => {
    let record = beginTrial(factoryRecord, trial);
    for (let start = 1; start <= 3; start++) {
      const counted = countStart(record);
      assert.is(counted?.trial?.starts, start);
      if (counted !== undefined) record = counted;
    }
    assert.is(countStart(record), undefined);
    assert.is(countStart(uncountStart(record))?.trial?.starts, 3);
    assert.equal(countStart(factoryRecord), factoryRecord);
  });

  test('keys of another version stay', context => {
    const directory = temporaryDirectory(context);
    const later = { ...beginTrial(factoryRecord, trial), since: 'version 9' };
    writeFileSync(bootFile(directory), JSON.stringify({ ...later, trial: { ...later.trial, mood: 'good' } }));
    const counted = countStart(readBoot(directory));
    assert.is(Reflect.get(counted ?? {}, 'since'), 'version 9');
    assert.is(Reflect.get(counted?.trial ?? {}, 'mood'), 'good');
  });

  test('without a record, and with a damaged one, the factory’s firmware is started', context => {
    const directory = temporaryDirectory(context);
    assert.equal(readBoot(directory), factoryRecord);
    for (const text of ['', '{', '{"format":2,"use":"a"}', '{"format":1,"use":"c"}', '[]']) {
      writeFileSync(bootFile(directory), text);
      assert.equal(readBoot(directory), factoryRecord, text);
      assert.is(readRecord(text), undefined);
    }
    writeBoot(directory, { ...factoryRecord, use: 'a' });
    assert.is(readBoot(directory).use, 'a');
  });
});
