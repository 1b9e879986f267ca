import * as assert from 'uvu/assert';
import type { Stop } from '../../../device/core/stop.ts';
import { createWhereabouts } from '../../../device/time-and-place/whereabouts.ts';
import { suite, type TestContext, until } from '../../harness.ts';

const stop: Stop = {
  id: '2-07',
  name: { zh: '前门', en: 'Qianmen' },
  position: { latitudeDeg: 39.8986, longitudeDeg: 116.3917 },
};
const nothing = () => {};
const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

function start({ after }: TestContext) {
  let stops: readonly Stop[] = [stop];
  const changes: (string | undefined)[] = [];
  const whereabouts = createWhereabouts(() => ({ stops, route: undefined }), log);
  after(whereabouts.close);
  whereabouts.onChange(() => changes.push(whereabouts.stop()?.id));
  return {
    ...whereabouts,
    changes,
    bring(next: readonly Stop[]) {
      stops = next;
    },
    /** @param ageMs how long ago it came */
    tell(position: Stop['position'] | undefined, ageMs = 0) {
      const receivedAt = performance.now() - ageMs;
      whereabouts.hear({ time: undefined, receivedAt, position });
    },
  };
}

suite('whereabouts', test => {
  test('tells of each change once', context => {
    const { tell, changes } = start(context);
    tell(stop.position);
    tell(stop.position);
    tell({ latitudeDeg: 39.9, longitudeDeg: 116.4 });
    tell(stop.position);
    assert.equal(changes, ['2-07', undefined, '2-07']);
  });

  test('without a fix for a moment the bus is where it was', context => {
    const { tell, changes, lastFix } = start(context);
    tell(stop.position);
    tell(undefined);
    assert.equal(changes, ['2-07']);
    assert.is(lastFix()?.position, undefined);
  });

  test('a position of ten seconds ago is none, and that is noticed without any fix', async context => {
    const { tell, changes, position } = start(context);
    tell(stop.position, 9_900);
    assert.equal(changes, ['2-07']);
    await until('the stop is forgotten', () => changes.length === 2);
    assert.is(position(), undefined);
    assert.equal(changes, ['2-07', undefined]);
  });

  test('stops that the feed brings count for a bus that stands', async context => {
    const { tell, changes, bring } = start(context);
    bring([]);
    tell(stop.position);
    assert.equal(changes, []);
    bring([stop]);
    await until('the stop', () => changes.length > 0);
    bring([{ ...stop, name: { zh: '大前门', en: 'Qianmen' } }]);
    await until('its new name', () => changes.length > 1);
    assert.equal(changes, ['2-07', '2-07']);
  });
});
