import * as assert from 'uvu/assert';
import type { Fix } from '../../../device/ports.ts';
import { createEpochs } from '../../../drivers/gnss/epochs.ts';
import { readSentences } from '../../../drivers/gnss/sentence.ts';
import { sentence } from '../../../sim/wires/nmea.ts';
import { suite } from '../../harness.ts';

const place = '3953.9160,N,11623.5020,E';
const rmc = (clock: string, status = 'A', date = '010622') =>
  `GNRMC,${clock},${status},${place},0.0,,${date},,,${status === 'A' ? 'A' : 'N'}`;
const gga = (clock: string, quality = 1) => `GNGGA,${clock},${place},${quality},08,0.9,48.2,M,-9.0,M,,`;
const zda = (clock: string, day = '01') => `GNZDA,${clock},${day},06,2022,00,00`;
const at = (clock: string) => Date.parse(`2022-06-01T${clock}Z`);

/** Sentences with the millisecond each comes at; a pause of 150 ms or more is a silence. */
function told(...coming: readonly (readonly [number, string])[]): Fix[] {
  const fixes: Fix[] = [];
  const epochs = createEpochs(fix => fixes.push(fix));
  let last = 0;
  for (const [ms, body] of coming) {
    if (ms - last >= 150) epochs.silent();
    last = ms;
    for (const found of readSentences(sentence(body)).sentences) epochs.add(found, ms);
  }
  epochs.silent();
  return fixes;
}

const times = (fixes: readonly Fix[]) => fixes.map(({ time }) => time);

suite('GNSS epochs', test => {
  test('all sentences of a time are one fix, received with the first', () => {
    const fixes = told([10, rmc('120000.00')], [80, gga('120000.000')], [140, zda('120000.00')]);
    assert.is(fixes.length, 1);
    assert.is(fixes[0]?.receivedAt, 10);
    assert.is(fixes[0]?.time, at('12:00:00'));
    assert.is(fixes[0]?.satellites, 8);
    assert.ok(fixes[0]?.position);
  });

  test('without a pause the next time begins the next epoch', () => {
    const fixes = told(
      [0, rmc('120000.00')],
      [100, gga('120000.00')],
      [200, rmc('120000.20')],
      [300, gga('120000.20')],
    );
    assert.equal(times(fixes), [at('12:00:00'), at('12:00:00.200')]);
    assert.is(fixes[1]?.receivedAt, 200);
  });

  test("RMC's status rules, whatever GGA and ZDA say", () => {
    const [fix] = told([0, rmc('120000.00', 'V')], [10, gga('120000.00')], [20, zda('120000.00')]);
    assert.is(fix?.time, undefined);
    assert.is(fix?.position, undefined);
  });

  test('an RMC that says neither yes nor no leaves it to GGA', () => {
    for (const body of [
      ...['X', ''].map(status => rmc('120000.00', status).replace(/,N$/, '')),
      'GNRMC,120000.00',
      'GNRMC,120000.00,A,,,,,0.0,,',
    ]) {
      const [fix] = told([0, body], [10, gga('120000.00', 9)], [20, zda('120000.00')]);
      assert.is(fix?.time, at('12:00:00'), body);
      assert.ok(fix?.position, body);
    }
    const [simulated] = told([0, rmc('120000.00', 'A').replace(/A$/, 'S')], [10, gga('120000.00')]);
    assert.is(simulated?.position, undefined);
  });

  test('0° N 0° E is no fix: neither place nor time', () => {
    const nowhere = '0000.0000,N,00000.0000,E';
    const [fix] = told(
      [0, rmc('120000.00').replace(place, nowhere)],
      [10, gga('120000.00').replace(place, nowhere)],
      [20, zda('120000.00')],
    );
    assert.ok(fix);
    assert.equal([fix.position, fix.time], [undefined, undefined]);
  });

  test('ZDA counts with a fix of the same epoch only', () => {
    assert.equal(times(told([0, gga('120000.00')], [10, zda('120000.00')])), [at('12:00:00')]);
    assert.equal(times(told([0, gga('120000.00', 0)], [10, zda('120000.00')])), [undefined]);
    assert.equal(told([0, zda('120000.00')], [1000, zda('120001.00')]), []);
    const fixes = told([0, gga('120000.00')], [1000, zda('120001.00')], [2000, gga('120002.00')]);
    assert.equal(times(fixes), [undefined, undefined]);
  });

  test('a ZDA with the pulse waits for what follows it', () => {
    const fixes = told(
      [0, zda('120000.00')],
      [400, gga('120000.00')],
      [1000, zda('120001.00')],
      [1400, gga('120001.00')],
    );
    assert.equal(times(fixes), [at('12:00:00'), at('12:00:01')]);
    assert.is(fixes[1]?.receivedAt, 1000);
  });

  test('RMC and ZDA that contradict each other give no time, but a place', () => {
    const [fix] = told([0, rmc('120000.00')], [10, zda('120000.00', '02')]);
    assert.is(fix?.time, undefined);
    assert.ok(fix?.position);
  });

  test('midnight between RMC and ZDA', () => {
    const fixes = told(
      [0, rmc('235959.00', 'A', '310522')],
      [100, zda('000000.00')],
      [110, rmc('000000.00', 'A', '010622')],
    );
    assert.equal(times(fixes), [at('00:00:00') - 1000, at('00:00:00')]);
  });

  test('an RMC without a date has its time from ZDA', () => {
    assert.equal(times(told([0, rmc('120000.00', 'A', '')], [10, zda('120000.00')])), [at('12:00:00')]);
    assert.equal(times(told([0, rmc('120000.00', 'A', '')])), [undefined]);
  });

  test('of several satellite systems one fix is enough', () => {
    const [fix] = told(
      [0, rmc('120000.00', 'V').replace('GN', 'GP')],
      [10, rmc('120000.00').replace('GN', 'BD')],
      [20, rmc('120000.00', 'V').replace('GN', 'GL')],
    );
    assert.is(fix?.time, at('12:00:00'));
  });

  test('the rest of an epoch after a pause is no other epoch', () => {
    const fixes = told(
      [0, rmc('120000.00')],
      [300, gga('120000.00')],
      [500, zda('120000.00')],
      [1000, rmc('120001.00')],
    );
    assert.equal(times(fixes), [at('12:00:00'), at('12:00:01')]);
  });

  test('a clock that stands still tells the same again, once a second', () => {
    const fixes = told(...[0, 1000, 2000, 3000].map(ms => [ms, rmc('120000.00')] as const));
    assert.equal(times(fixes), Array(4).fill(at('12:00:00')));
    const unbroken = Array.from({ length: 40 }, (_, i) => [i * 100, rmc('120000.00')] as const);
    assert.is(told(...unbroken).length, 5);
  });

  test('no time at all, once a second', () => {
    const empty = 'GNRMC,,V,,,,,,,,,,N';
    assert.equal(times(told([0, empty], [20, 'GNGGA,,,,,,0,00,99.99,,,,,,'], [1000, empty])), [
      undefined,
      undefined,
    ]);
  });

  test('what comes all at once was held up: only the last is told', () => {
    const fixes = told([0, rmc('120000.00')], [0, rmc('120001.00')], [1, rmc('120002.00')]);
    assert.equal(times(fixes), [at('12:00:02')]);
  });
});
