import * as assert from 'uvu/assert';
import type { SignatureExpiry } from '../../../device/data-ports.ts';
import { watchExpiry } from '../../../device/feed/expiry-watch.ts';
import { suite } from '../../harness.ts';

const dayMs = 86_400_000;
const start = Date.parse('2026-11-30T00:00:00Z');

function watch() {
  const told: string[] = [];
  let parts = 0;
  let now = start;
  const part = { ready: () => told.push('ready'), fault: (error: Error) => told.push(error.message) };
  const { hear, check } = watchExpiry(
    () => {
      parts++;
      return part;
    },
    () => now,
  );
  const inDays = (days: Partial<SignatureExpiry>) => {
    const { root = 700, targets = 7, snapshot = 7 } = days;
    return {
      root: start + root * dayMs,
      targets: start + targets * dayMs,
      snapshot: start + snapshot * dayMs,
    };
  };
  return {
    told,
    parts: () => parts,
    check,
    hear: (days: Partial<SignatureExpiry>) => hear(inDays(days)),
    passDays(days: number) {
      now += days * dayMs;
      check();
    },
  };
}

suite('expiry watch', test => {
  test('says nothing while all is good for long, and before anything is heard', () => {
    const { check, hear, passDays, told, parts } = watch();
    check();
    hear({});
    passDays(5);
    assert.equal([told, parts()], [[], 0]);
  });

  test('root metadata: two months before, by itself, and over once it is signed anew', () => {
    const { hear, passDays, told, parts } = watch();
    hear({ root: 100, targets: 200, snapshot: 200 });
    passDays(39);
    assert.equal(told, []);
    passDays(1);
    assert.equal(told, [
      'root.json expires 2027-03-10T00:00:00.000Z: feed rotate --key root must come before',
    ]);
    hear({ root: 800, targets: 200, snapshot: 200 });
    assert.equal([told.at(-1), parts()], ['ready', 1]);
  });

  test('targets and snapshot: a day before', () => {
    const { hear, told } = watch();
    hear({ targets: 0.9, snapshot: 1.1 });
    assert.match(told.join(), /^targets.json expires [^;]*: feed publish must come before$/);
    hear({ targets: 3, snapshot: 0.5 });
    assert.match(told.at(-1) ?? '', /^snapshot.json expires/);
  });

  test('a date that is none is no news', () => {
    const { hear, told } = watch();
    hear({ root: Number.NaN });
    assert.equal(told, []);
  });
});
