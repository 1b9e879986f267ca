/** The connection is cut in every kind of file: nothing changes, and the next sync goes on where this one broke off. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from '../../../harness.ts';
import { cutAfter, hangUp } from './faults.ts';
import { kinds } from './feed-paths.ts';
import { newest, type StartingPoint, startFrom } from './starting-points.ts';
import { assertArrives, assertServes, refusalOf } from './test-validator.ts';

async function assertCutsDoNoHarm({
  feed,
  server,
  version,
  validator,
  byKind,
}: StartingPoint): Promise<void> {
  const everywhere = [() => hangUp, () => cutAfter(0), (length: number) => cutAfter(length - 1)];
  for (const [i, [kind, path]] of [...byKind].entries()) {
    const length = statSync(join(feed.places.public, path)).size;
    const elsewhere = everywhere[i % everywhere.length] ?? (() => hangUp);
    for (const fault of [cutAfter(Math.floor(length / 2)), elsewhere(length)]) {
      const one = validator();
      const end = server.inject(path, fault);
      assert.match(await refusalOf(one), new RegExp(`^DeviceError disconnected: .*/${path}: `), kind);
      end();
      assertServes(one, feed, version);
      await assertArrives(one, feed, newest);
    }
  }
}

suite('cut connections', test => {
  test('on the way by the snapshot', async context => {
    const start = await startFrom(context, undefined);
    assert.equal(
      [...start.byKind.keys()].toSorted(),
      kinds.filter(kind => kind !== 'status delta').toSorted(),
    );
    await assertCutsDoNoHarm(start);
  });

  test('on the way by deltas', async context => {
    const start = await startFrom(context, newest - 1);
    const fetched = ['timestamp', 'snapshot', 'targets', 'policy', 'index', 'link delta', 'status delta'];
    assert.equal([...start.byKind.keys()].toSorted(), fetched.toSorted());
    await assertCutsDoNoHarm(start);
  });
});
