import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { unitOf } from '../../../../sync/publisher/gtfs/distance-unit.ts';
import { suite } from '../../../harness.ts';

const units = [1, 1000, 1609.344, 0.3048];

suite('GTFS, distance unit', test => {
  test('by the shape, whose length is the road’s', () => {
    const property = fc.property(
      fc.constantFrom(...units),
      fc.double({ min: 0.85, max: 1.2, noNaN: true }),
      fc.double({ min: 500, max: 50_000, noNaN: true }),
      (unitM, error, roadM) => {
        assert.is(unitOf([{ counted: (roadM * error) / unitM, roadM, byShape: true }]), unitM);
      },
    );
    fc.assert(property);
  });

  test('from stop to stop, of which the road is a detour', () => {
    for (const unitM of units) {
      for (const detour of [1, 1.1, 1.25, 1.5])
        assert.is(
          unitOf([{ counted: (8000 * detour) / unitM, roadM: 8000, byShape: false }]),
          unitM,
          `${unitM} ${detour}`,
        );
    }
  });

  test('what is no distance: numbers of points, nothing at all', () => {
    assert.is(unitOf([{ counted: 130, roadM: 9000, byShape: true }]), undefined);
    assert.is(unitOf([{ counted: 0, roadM: 9000, byShape: true }]), undefined);
    assert.is(unitOf([{ counted: 10, roadM: 0, byShape: true }]), undefined);
    assert.is(unitOf([]), undefined);
  });
});
