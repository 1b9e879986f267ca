import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { carryOutReset, markReset, resetPlaces } from '../../../device/maintenance/factory-reset.ts';
import { suite, type TestContext } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

const beside = [
  'journal.sqlite',
  'journal.sqlite-wal',
  'journal.sqlite-seq',
  'journal.sqlite-key',
  'journal.sqlite-uplink',
];
const gone = ['journal.sqlite-counters', 'journal.sqlite-selftest'];

function validator(context: TestContext, feed: object | undefined) {
  const home = temporaryDirectory(context);
  for (const name of [...beside, ...gone, 'fleet-keys.json']) writeFileSync(join(home, name), 'x');
  for (const folder of ['links', 'links/keys', 'journal.sqlite-outbox', 'journal.sqlite-in']) {
    mkdirSync(join(home, folder));
    writeFileSync(join(home, folder, 'file'), 'x');
  }
  const links = { cache: join(home, 'links'), fleetKeys: join(home, 'fleet-keys.json') };
  const places = resetPlaces({ journal: join(home, 'journal.sqlite'), links, feed } as never);
  const events: string[] = [];
  const write = (event: string) => void events.push(event);
  return { home, places, events, log: { warn: write, error: write } };
}

suite('factory reset', test => {
  test('deletes what comes again, and never the journal, its numbers, keys or settings', async context => {
    const { home, places, events, log } = validator(context, {});
    assert.is(carryOutReset(places, log), false);
    assert.ok(existsSync(join(home, 'links/file')), 'nothing without the mark');
    await markReset(places);
    assert.is(carryOutReset(places, log), true);
    assert.equal(
      readdirSync(home).sort(),
      [...beside, 'fleet-keys.json', 'journal.sqlite-in', 'journal.sqlite-outbox', 'links'].sort(),
    );
    assert.equal(readdirSync(join(home, 'links')), []);
    assert.equal(readdirSync(join(home, 'journal.sqlite-outbox')), []);
    assert.equal(readdirSync(join(home, 'journal.sqlite-in')), []);
    assert.equal(events, ['factory-reset']);
    assert.is(carryOutReset(places, log), false, 'once');
  });

  test('a cache that no feed brings again stays', async context => {
    const { home, places, log } = validator(context, undefined);
    await markReset(places);
    carryOutReset(places, log);
    assert.ok(existsSync(join(home, 'links/keys/file')));
    assert.not(existsSync(join(home, 'journal.sqlite-counters')));
  });

  test('cut off at any step, the next start carries it out', async context => {
    const { places, log, events } = validator(context, {});
    for (let done = 0; done <= places.deleted.length; done++) {
      await markReset(places);
      // What a start had deleted before the power was cut.
      carryOutReset({ ...places, deleted: places.deleted.slice(0, done), mark: `${places.mark}-none` }, log);
      assert.is(carryOutReset(places, log), true);
    }
    assert.not(events.includes('reset-left'));
  });
});
