import * as assert from 'uvu/assert';
import { alongRoadM } from '../../../../sync/publisher/gtfs/road.ts';
import { suite } from '../../../harness.ts';

/** Degrees for a metre, at the equator. */
const metreDeg = 1 / 111_195;

function at(eastM: number, northM = 0) {
  return { latitudeDeg: northM * metreDeg, longitudeDeg: eastM * metreDeg };
}

/** To the metre. */
function along(stops: ReturnType<typeof at>[], shape?: ReturnType<typeof at>[]): number[] {
  return alongRoadM(stops, shape).map(Math.round);
}

suite('GTFS, road', test => {
  test('without a shape, as the crow flies', () => {
    assert.equal(along([at(0), at(300), at(300, 400)]), [0, 300, 700]);
    assert.equal(along([at(0)]), [0]);
    assert.equal(along([at(0), at(300)], [at(0)]), [0, 300], 'a point is no shape');
  });

  test('along a shape that bends, from stops beside it', () => {
    const shape = [at(0), at(1000), at(1000, 1000), at(2000, 1000)];
    assert.equal(
      along([at(0, 20), at(500, -15), at(1020, 500), at(1990, 1010)], shape),
      [0, 500, 1500, 2990],
    );
    assert.equal(along([at(500, 10), at(1500, 990)], shape), [0, 2000], 'a trip that begins half-way');
  });

  test('a road that goes there and back: each stop on its own way', () => {
    const shape = [at(0), at(2000), at(2000, 15), at(0, 15)];
    assert.equal(
      along([at(0, 5), at(500, 7), at(1500, 7), at(1500, 8), at(500, 8), at(0, 12)], shape),
      [0, 500, 1500, 2515, 3515, 4015],
    );
  });

  test('a loop that passes its first stop again', () => {
    const shape = [at(0), at(1000), at(1000, 1000), at(0, 1000), at(0)];
    assert.equal(along([at(0), at(1000), at(0, 1000), at(0)], shape), [0, 1000, 3000, 4000]);
  });

  test('a shape that goes the other way, or is elsewhere, is not the road', () => {
    const stops = [at(0), at(400), at(900)];
    assert.equal(along(stops, [at(900), at(0)]), [0, 400, 900]);
    assert.equal(along(stops, [at(0, 5000), at(900, 5000)]), [0, 400, 900]);
  });

  test('points that are there twice', () => {
    assert.equal(
      along([at(0), at(400), at(900)], [at(0), at(0), at(500), at(500), at(900), at(900)]),
      [0, 400, 900],
    );
  });
});
