import * as assert from 'uvu/assert';
import { whyNotNow } from '../../../device/update/night.ts';
import { suite } from '../../harness.ts';

const settings = { nightFrom: '02:00', nightTo: '04:30', idleMin: 20 };
const at = (time: string) => Date.parse(`2022-06-01T${time}+08:00`);
const idleMs = 20 * 60_000;

suite('when a new firmware may take over', test => {
  test('from the beginning of the night to its end, by Beijing’s time', () => {
    const times = ['01:59:59', '02:00:00', '04:29:59', '04:30:00', '14:00:00'];
    const may = times.filter(time => whyNotNow(settings, { now: at(time), idleMs }) === undefined);
    assert.equal(may, ['02:00:00', '04:29:59']);
  });

  test('a night over midnight', () => {
    const over = { ...settings, nightFrom: '23:30', nightTo: '01:00' };
    const times = ['23:29:59', '23:30:00', '00:59:59', '01:00:00'];
    const may = times.filter(time => whyNotNow(over, { now: at(time), idleMs }) === undefined);
    assert.equal(may, ['23:30:00', '00:59:59']);
  });

  test('not while people ride, and not by a time that nobody believes', () => {
    assert.match(whyNotNow(settings, { now: at('03:00:00'), idleMs: idleMs - 1 }) ?? '', /tapped within 20/);
    assert.match(whyNotNow(settings, { now: undefined, idleMs }) ?? '', /time is not known/);
    assert.match(whyNotNow(settings, { now: at('12:00:00'), idleMs }) ?? '', /02:00 to 04:30/);
  });
});
