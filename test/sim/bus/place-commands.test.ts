/** Where a bus on a line of the pilot's GTFS feed is: by its receiver, its doors and its crew. */
import * as assert from 'uvu/assert';
import { WrongUsage } from '../../../device/kit/errors.ts';
import { startBus } from '../../../sim/bus/bus.ts';
import { runCommand } from '../../../sim/bus/commands/commands.ts';
import type { LogLine } from '../../../sim/bus/firmware-process.ts';
import { usualPassengers } from '../../../sim/bus/passengers.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { pilotFolder } from '../../sync/publisher/gtfs/made-up-feed.ts';
import { temporaryDirectory } from '../../temporary.ts';

async function startBusOnLine(context: TestContext, line: string) {
  const bus = await startBus({
    directory: temporaryDirectory(context),
    line,
    gtfs: pilotFolder,
    phase: 'enforced',
    passengers: usualPassengers,
    isPatient: true,
  });
  context.after(() => bus.close());
  const log: LogLine[] = [];
  bus.onLog((post, entry) => {
    if (post === 'front') log.push(entry);
  });
  const run = (command: string) => runCommand(bus, command);
  const stop = async (post = 'front') => String((await run(`stop ${post}`))[post]);
  const becomes = (words: RegExp) => until(`stop: ${words}`, async () => words.test(await stop()));
  await until('stops', () => log.some(({ event, ways }) => event === 'stops' && ways === 2));
  return { bus, run, stop, becomes, log };
}

suite('bus: the stop', test => {
  const shared = test.shared(context => startBusOnLine(context, '6'));

  test('the bus begins at the first stop of its line, and drives there and back', async () => {
    const { bus, run, becomes } = await shared();
    await becomes(/^6-01 柳荫市场/);
    assert.is(bus.line.stops.length, 14);
    await run('gnss front drive 500');
    await becomes(/^6-02 /);
    assert.match(String((await run('console front stop')).text), /towards +6-14 .*\nnext +6-03 /);
    await run('gnss front drive-back 500');
    await becomes(/^6-14 /);
    await becomes(/^6-13 /);
    assert.match(String((await run('console front stop')).text), /towards +6-01 .*\nnext +6-12 /);
  });

  test('an open door holds the stop; closed, or its contact pulled, the position counts', async () => {
    const { bus, run, stop, becomes } = await shared();
    await run('gnss front stop 6-03');
    await becomes(/^6-03 /);
    assert.equal(await run('door both open'), { event: 'door', validator: 'both', state: 'open' });
    await run('gnss front stop 6-05');
    await until('the new position', async () => /, \d{4} m away/.test(await stop()));
    assert.match(await stop(), /^6-03 /);
    await run('door front close');
    await becomes(/^6-05 /);
    await run('door front open');
    await run('unplug front door-contact out');
    await until('the fault', () => bus.screen('front', 'crew').lines.join().includes('车门信号故障'));
    await run('gnss front stop 6-07');
    await becomes(/^6-07 /);
    await run('unplug front door-contact in');
    await until('the door is heard again', async () =>
      /door +open/.test(String((await run('console front stop')).text)),
    );
    await run('door both close');
  });

  test('the crew sets the stop: the next, one by its id, on both consoles, and back', async () => {
    const { run, stop, becomes, log } = await shared();
    await run('gnss front stop 6-02');
    await becomes(/^6-02 /);
    const { front, rear } = await run('stop both 6-09');
    for (const said of [front, rear]) assert.match(String(said), /^6-09 翠竹公园 .*set by the crew$/);
    assert.match(String((await run('stop front next')).front), /^6-10 /);
    assert.match(String((await run('console front status')).text), /stop +6-10 .*set by the crew/);
    await run('tap front wang');
    assert.is(log.find(({ event }) => event === 'tap')?.stop, '6-10');
    assert.match(await stop(), /^6-10 /);
    await run('stop both auto');
    await becomes(/^6-02 /);
    assert.ok(log.some(entry => entry.event === 'stop-set' && entry.stop === '6-09'));
    await run('power front');
    await becomes(/^6-02 (?!.*crew)/);
  });

  test('what cannot be set is wrong usage', async () => {
    const { run } = await shared();
    for (const [command, why] of [
      ['stop front 2-07', /no such stop/],
      ['stop left next', /front, rear, both/],
      ['door front ajar', /open, close/],
      ['door open', /front, rear, both/],
    ] as const) {
      const error = await run(command).then(
        () => undefined,
        thrown => thrown,
      );
      assert.instance(error, WrongUsage);
      assert.match(error?.message, why);
    }
  });
});
