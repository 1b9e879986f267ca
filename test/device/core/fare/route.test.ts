import * as assert from 'uvu/assert';
import { longestM, toFartherEndM, wayBetween } from '../../../../device/core/fare/route.ts';
import { suite } from '../../../harness.ts';
import { route } from './made-up-route.ts';

suite('route', test => {
  test('the way between two stops, there and back', () => {
    assert.equal(wayBetween(route, '0', '21'), { distanceM: 21_000, backwards: false });
    assert.equal(wayBetween(route, '5', '12'), { distanceM: 7000, backwards: false });
    assert.equal(wayBetween(route, '15b', '5b'), { distanceM: 10_000, backwards: false });
    assert.equal(wayBetween(route, '12', '5'), { distanceM: 7000, backwards: true });
    assert.equal(wayBetween(route, '10', '10'), { distanceM: 0, backwards: false });
  });

  test('stops of two directions, and none of the line', () => {
    assert.equal(wayBetween(route, '5', '10b'), { distanceM: 0, backwards: true });
    assert.is(wayBetween(route, '5', '99'), undefined);
    assert.is(wayBetween(route, '99', '99'), undefined);
    assert.is(wayBetween({ line: '2', patterns: [] }, '5', '5'), undefined);
  });

  test('of several ways the shortest; on a loop the way that is still to come', () => {
    const stop = (id: string, alongM: number) => ({ id, alongM });
    const detour = { stops: [stop('a', 0), stop('b', 900), stop('c', 2000)] };
    const direct = { stops: [stop('a', 0), stop('c', 1500)] };
    assert.is(wayBetween({ line: '2', patterns: [detour, direct] }, 'a', 'c')?.distanceM, 1500);
    const loop = {
      line: '2',
      patterns: [{ stops: [stop('a', 0), stop('b', 400), stop('c', 900), stop('a', 1300)] }],
    };
    assert.equal(wayBetween(loop, 'c', 'a'), { distanceM: 400, backwards: false });
    assert.equal(wayBetween(loop, 'a', 'c'), { distanceM: 900, backwards: false });
    assert.equal(wayBetween(loop, 'c', 'b'), { distanceM: 500, backwards: true });
  });

  test('to the farther end, whichever it is', () => {
    assert.is(toFartherEndM(route, '0'), 21_000);
    assert.is(toFartherEndM(route, '12'), 12_000);
    assert.is(toFartherEndM(route, '21b'), 21_000);
    assert.is(toFartherEndM(route, '99'), undefined);
    assert.is(longestM(route), 21_000);
  });
});
