/** When a validator says how it is: at each stop, at each change, and now and then. */
import * as assert from 'uvu/assert';
import { bodies } from '../../../sync/uplink/messages.ts';
import { statusReports } from '../../../sync/uplink/status-reports.ts';
import { nothingWrong } from '../../contract/broker.ts';
import { suite } from '../../harness.ts';

function stand() {
  let now = 0;
  const reports = statusReports(
    () => now,
    () => 1e12 + now,
  );
  return {
    reports,
    due: (changes: Partial<typeof nothingWrong> = {}, queue = 0) =>
      reports.due({ ...nothingWrong, ...changes }, queue, 1),
    pass: (ms: number) => {
      now += ms;
    },
  };
}

suite('status reports', test => {
  test('each stop, and the door there, is told; that a stop is left is not', () => {
    const { due } = stand();
    assert.is(due()?.stop, null);
    assert.is(due({ stop: 's1' })?.stop, 's1');
    assert.is(due({ stop: 's1' }), undefined);
    assert.equal(due({ stop: 's1', doors: 'open' })?.doors, 'open');
    assert.equal(due({ stop: 's1', doors: 'closed' })?.doors, 'closed');
    assert.is(due({ doors: 'closed' }), undefined);
    assert.is(due({ stop: 's2', doors: 'closed' })?.stop, 's2');
  });

  test('every other change is told at once: faults, the data, whether rows wait', () => {
    const { due } = stand();
    due();
    const fault = { ready: false, terse: 'gnss gnss', verbose: 'gnss gnss: silent', faults: ['gnss gnss'] };
    assert.equal(due(fault)?.faults, ['gnss gnss']);
    assert.is(due({ ...fault, dataProblem: 'stale-status' })?.dataProblem, 'stale-status');
    assert.is(due({ dataProblem: 'stale-status' }, 3)?.queue, 3);
    assert.is(due({ dataProblem: 'stale-status' }, 4), undefined);
  });

  test('without any change it is told every five minutes, and at once on another connection', () => {
    const { due, pass, reports } = stand();
    assert.ok(due());
    pass(299_999);
    assert.is(due(), undefined);
    pass(1);
    assert.is(due()?.at, 1e12 + 300_000);
    reports.beginAnew();
    assert.ok(due());
  });

  test('they are counted, whatever becomes of the clock', () => {
    const { due, pass } = stand();
    const first = due();
    pass(-10 * 365 * 86_400_000);
    assert.equal([first?.number, due({ stop: 's1' })?.number], [0, 1]);
  });

  test('however much is wrong, it fits the message', () => {
    const { due } = stand();
    const faults = Array.from({ length: 200 }, (_, i) => `${i} ${'x'.repeat(300)}`);
    const body = due({ faults, terse: faults.join(), verbose: faults.join('\n') });
    assert.ok(bodies.status.safeParse(body).success);
  });
});
