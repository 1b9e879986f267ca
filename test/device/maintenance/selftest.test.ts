import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { createNightly } from '../../../device/maintenance/nightly.ts';
import {
  createSelftest,
  NotThere,
  type SelftestRecord,
  type Step,
} from '../../../device/maintenance/selftest.ts';
import { suite, type TestContext } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

const now = Date.parse('2022-06-10T03:00:00+08:00');
const never = new AbortController().signal;
const limitMs = 600_000;

function stand(context: TestContext, steps: readonly Step[]) {
  const file = join(temporaryDirectory(context), 'journal.sqlite-selftest');
  const logged: string[] = [];
  const write = (event: string, fields: unknown) => void logged.push(`${event} ${JSON.stringify(fields)}`);
  const log = { info: write, error: write, warn: write } as never;
  const make = () => createSelftest({ file, version: '1.2.3', steps: () => steps, clock: () => now, log });
  return { file, logged, make };
}

suite('self-test', test => {
  test('every step is asked, whatever the others say, and the record outlasts a restart', async context => {
    const { make, logged, file } = stand(context, [
      { name: 'good', limitMs, run: () => 'as it should be' },
      { name: 'bad', limitMs, run: () => Promise.reject(new Error('broken')) },
      {
        name: 'throws',
        limitMs,
        run: () => {
          throw new Error('x'.repeat(1000));
        },
      },
      { name: 'hangs', limitMs: 5, run: () => new Promise(() => {}) },
      { name: 'missing', limitMs, run: () => new NotThere('not configured') },
    ]);
    const told: string[] = [];
    const record = await make().run('technician', never, ({ name }) => void told.push(name));
    assert.equal(told, ['good', 'bad', 'throws', 'hangs', 'missing']);
    assert.equal(
      record.steps.map(({ result, detail }) => `${result}: ${detail.slice(0, 15)}`),
      [
        'pass: as it should be',
        'fail: broken',
        'fail: xxxxxxxxxxxxxxx',
        'fail: no answer in 0.',
        'not-there: not configured',
      ],
    );
    assert.is(record.passed, false);
    assert.is(record.steps[2]?.detail.length, 300);
    assert.match(logged[0] ?? '', 'bad: broken');
    assert.equal(make().last(), record);
    assert.equal(JSON.parse(readFileSync(file, 'utf8')), record);
  });

  test('what is not there fails nothing', async context => {
    const { make } = stand(context, [{ name: 'missing', limitMs, run: () => new NotThere('no') }]);
    assert.is((await make().run('night', never)).passed, true);
  });

  test('one at a time; given up, it leaves no record and the next one runs', async context => {
    let go = () => {};
    const { make } = stand(context, [
      {
        name: 'waits',
        limitMs,
        run: () =>
          new Promise<string>(resolve => {
            go = () => resolve('done');
          }),
      },
    ]);
    const selftest = make();
    const stop = new AbortController();
    const first = selftest.run('technician', stop.signal);
    await setImmediate();
    await selftest.run('night', never).then(
      () => assert.unreachable(),
      error => assert.match(error.message, 'running already'),
    );
    stop.abort();
    go();
    await first.then(
      () => assert.unreachable(),
      error => assert.match(error.message, 'given up'),
    );
    assert.is(selftest.last(), undefined);
    const second = selftest.run('technician', never);
    await setImmediate();
    go();
    assert.is((await second).passed, true);
  });

  test('a damaged record is none', async context => {
    const { file, make } = stand(context, []);
    for (const text of ['', '{', '{"at":"yesterday"}']) {
      writeFileSync(file, text);
      assert.is(make().last(), undefined);
    }
  });
});

function night() {
  const world = {
    now,
    known: true,
    tappedAgoMs: undefined as number | undefined,
    monotonicMs: 100 * 3_600_000,
    last: undefined as SelftestRecord | undefined,
    runs: 0,
    problem: undefined as string | undefined,
    warnings: [] as string[],
  };
  const nightly = createNightly({
    selftest: {
      async run() {
        world.runs++;
        if (world.problem !== undefined) throw new Error(world.problem);
        world.last = { at: new Date(world.now).toISOString() } as SelftestRecord;
        return world.last;
      },
      last: () => world.last,
    },
    clock: () => world.now,
    isTimeKnown: () => world.known,
    lastTapAt: () => (world.tappedAgoMs === undefined ? undefined : world.monotonicMs - world.tappedAgoMs),
    monotonic: () => world.monotonicMs,
    log: { warn: event => void world.warnings.push(event) },
  });
  const pass = (ms: number) => {
    world.now += ms;
    world.monotonicMs += ms;
  };
  return { world, nightly, pass };
}

suite('nightly self-test', test => {
  test('once a night, and in each', async () => {
    const { world, nightly, pass } = night();
    for (let minute = 0; minute < 3 * 24 * 60; minute++) {
      await nightly.look();
      pass(60_000);
    }
    assert.is(world.runs, 4, 'those of 10 to 13 June');
  });

  test('by day, at an unknown time, and while somebody rides there is none', async () => {
    for (const [change, wanted] of [
      [{ now: Date.parse('2022-06-10T12:00:00+08:00') }, 0],
      [{ now: Date.parse('2022-06-10T04:30:00+08:00') }, 0],
      [{ now: Date.parse('2022-06-10T02:00:00+08:00') }, 1],
      [{ now: Number.NaN }, 0],
      [{ known: false }, 0],
      [{ tappedAgoMs: 10 * 60_000 }, 0],
      [{ tappedAgoMs: 20 * 60_000 }, 1],
      [{ last: { at: '2022-06-09T18:30:00.000Z' } }, 0],
      [{ last: { at: '2022-06-08T19:00:00.000Z' } }, 1],
      // Of a clock that was wrong.
      [{ last: { at: '2035-01-01T00:00:00.000Z' } }, 1],
    ] as const) {
      const { world, nightly } = night();
      Object.assign(world, change);
      await nightly.look();
      assert.is(world.runs, wanted, JSON.stringify(change));
    }
  });

  test('one that cannot be run is told once, and not tried again that night', async () => {
    const { world, nightly, pass } = night();
    world.problem = 'running already';
    for (let minute = 0; minute < 60; minute++) {
      await nightly.look();
      pass(60_000);
    }
    assert.equal([world.runs, world.warnings], [1, ['selftest-not-run']]);
  });
});
