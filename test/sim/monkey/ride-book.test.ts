/** What the monkey's oracle takes a tap for on a line that is tapped on and off, and what rides cost by its own table. */
import * as assert from 'uvu/assert';
import { usualPassengers } from '../../../sim/bus/passengers.ts';
import type { HeardTap } from '../../../sim/monkey/heard-tap.ts';
import { presentationOf } from '../../../sim/monkey/presentation.ts';
import { fullFareFen, mostFen } from '../../../sim/monkey/published-fares.ts';
import { createRideBook } from '../../../sim/monkey/ride-book.ts';
import { suite } from '../../harness.ts';

const passengers = new Map(usualPassengers.map(passenger => [passenger.id, passenger]));
const start = Date.parse('2022-06-01T08:00:00+08:00');

/** A card whose ride was begun so many seconds after the start, at the line's first stop. */
function presented(command: string, openSinceS?: number) {
  const at = openSinceS === undefined ? undefined : new Date(start + openSinceS * 1000).toISOString();
  const ride =
    at === undefined ? null : { city: '1000', line: '38', stop: 1, bus: 'bus-1', at, mostFen: 600 };
  const presentation = presentationOf(command, passengers, { balanceFen: 5000, ride });
  if (presentation === undefined) throw new Error(command);
  return presentation;
}

function tapAt(seconds: number, stop: string | undefined, more: Partial<HeardTap> = {}): HeardTap {
  const at = start + seconds * 1000;
  return {
    ...{
      post: 'front',
      event: 'tap',
      reader: 'card',
      seq: 1,
      verdict: '',
      why: undefined,
      phase: 'enforced',
    },
    ...{
      fareTaken: true,
      fareFen: 0,
      step: undefined,
      stop,
      paidFen: undefined,
      isMended: false,
      isPsamWell: true,
    },
    ...{ from: at, to: at, data: { holds: 'fresh', version: 1, heardAt: 0 } },
    ...more,
  } as HeardTap;
}

suite('monkey: rides', test => {
  test('the table is the announced one: 2.00 to 10 km, 1.00 for each 5 km begun beyond', () => {
    assert.equal(
      [fullFareFen(1, '38-10'), fullFareFen(1, '38-11'), fullFareFen(1, '38-15'), fullFareFen(1, '38-22')],
      [200, 300, 400, 600],
    );
    assert.equal([fullFareFen(22, '38-01'), fullFareFen(5, '38-05')], [600, 200]);
    assert.equal(
      [fullFareFen(0, '38-22'), fullFareFen(1, undefined), fullFareFen(1, '2-07')],
      [200, 200, 200],
    );
    assert.equal([mostFen('38-01'), mostFen('38-11'), mostFen(undefined)], [600, 400, 200]);
  });

  test('a card says itself: on, again, off; what is near the limit may be either', () => {
    const { steps } = createRideBook(true, () => start);
    const is = (presentation: ReturnType<typeof presented>, tap: HeardTap) =>
      steps(presentation, tap).map(step => step.is);
    assert.equal(is(presented('tap front wang'), tapAt(0, '38-01')), ['on']);
    assert.equal(is(presented('tap rear wang', 0), tapAt(30, '38-01')), ['again']);
    assert.equal(is(presented('tap rear wang', 0), tapAt(60, '38-01')), ['again', 'off']);
    assert.equal(is(presented('tap rear wang', 0), tapAt(90, '38-01')), ['off']);
    assert.equal(is(presented('tap rear wang', 0), tapAt(3, '38-02')), ['again']);
    assert.equal(steps(presented('tap rear wang', 0), tapAt(30, '38-15')), [{ is: 'off', fullFen: 400 }]);
    assert.equal(is(presented('tap rear chen-old-card', 0), tapAt(30, '38-15')), ['single']);
    const without = tapAt(30, undefined, { data: { holds: 'none', version: 1, heardAt: 0 } });
    assert.equal(steps(presented('tap rear wang', 0), without)[1], { is: 'single', owedFen: 600 });
  });

  test('who has got off and taps again at that stop is not sure; nobody knows where a torn tap was', () => {
    const { steps, note, unsure } = createRideBook(true, () => start);
    const card = presented('tap rear wang');
    note(card, tapAt(0, '38-15', { step: 'off', paidFen: 200 }));
    assert.equal(steps(card, tapAt(30, '38-15')), [{ is: 'again' }]);
    assert.equal(steps(card, tapAt(30, '38-16')), [{ is: 'on' }]);
    unsure(card, true, { from: start, to: start });
    assert.equal(steps(card, tapAt(30, '38-16')), [{ is: 'again' }, { is: 'on' }]);
  });

  test('codes are known at both doors, once the doors have heard each other; a power cut leaves all open', () => {
    let linkedSince = start;
    const { steps, note, unsure } = createRideBook(true, () => linkedSince);
    const front = presented('scan front zhu-phone');
    const rear = presented('scan rear zhu-phone');
    const is = (presentation: ReturnType<typeof presented>, tap: HeardTap) =>
      steps(presentation, tap).map(step => step.is);
    note(front, tapAt(0, '38-01', { step: 'on' }));
    assert.equal(steps(front, tapAt(90, '38-05')), [{ is: 'off', fullFen: 0 }]);
    assert.equal(is(rear, tapAt(90, '38-05')), ['off']);
    assert.equal(is(rear, tapAt(1, '38-05')), ['again', 'on', 'off'], 'it may not have heard yet');
    linkedSince = start + 89_000;
    assert.equal(is(rear, tapAt(90, '38-05')), ['off', 'on', 'off']);
    note(rear, tapAt(90, '38-05', { step: 'off', post: 'rear' }));
    assert.equal(is(front, tapAt(120, '38-05')), ['on']);
    linkedSince = Number.POSITIVE_INFINITY;
    assert.equal(is(front, tapAt(120, '38-05')), ['on', 'on', 'off']);
    unsure(front, false, { from: start, to: start });
    assert.is(steps(front, tapAt(300, '38-05')).length, 3);
  });

  test('an old card pays at boarding on such a line too, and its log tells the other door', () => {
    const { steps, note } = createRideBook(true, () => start);
    note(presented('tap rear chen-old-card', 0), tapAt(0, '38-01', { post: 'rear', paidFen: 100 }));
    const is = (command: string, tap: HeardTap) => steps(presented(command, 0), tap).map(step => step.is);
    assert.equal(is('tap front chen-old-card', tapAt(2, '38-01')), ['paid']);
    assert.equal(is('tap front chen-old-card', tapAt(30, '38-01')), ['single']);
  });
});
