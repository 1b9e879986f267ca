/** SIGTERM at every kind of moment: exit 0, in order; what hangs is left behind at the limit. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { firmwareProgram } from '../../../sim/bus/firmware-process.ts';
import { cardFaults } from '../../../sim/wires/card-faults.ts';
import { listenOnWire } from '../../../sim/wires/wire-server.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { countJournalRows } from '../../journal-rows.ts';
import { type Stand, type StandOptions, startStand } from './stand.ts';

const firmware = firmwareProgram();

type Moment = (stand: Stand, context: TestContext) => unknown;

const moments: Record<string, Moment> = {
  'with a silent card in the reader': async stand => {
    const from = stand.log.length;
    await stand.post.insert(stand.crowd.tUnion('green'), [cardFaults['answers-nothing']()]);
    assert.equal(stand.log.slice(from), []);
  },
  'with a card that answers slowly': stand =>
    stand.post.insert(stand.crowd.tUnion('green'), [cardFaults.slow()]),
  'with a card that stays after its ride': async stand => {
    await stand.present(() => stand.post.insert(stand.crowd.tUnion('green'), []));
  },
  'with console sessions open, one waiting in explain': async stand => {
    await stand.technician();
    const technician = await stand.technician();
    technician.type('explain\r');
    await until('the wait', () => technician.text().includes('present a card'));
  },
  'in a flood of codes': stand =>
    stand.post.scanner.send(Buffer.from(`${'80'.repeat(100)}\r\n`.repeat(1 << 14))),
};
const momentsWithCamera: Record<string, Moment> = {
  idle: () => undefined,
  'with every wire down': async stand => {
    const { scanner, camera, screens } = stand.post;
    for (const wire of [scanner, camera, screens.passenger, screens.crew]) await wire.close();
    await until('the fault', () => stand.log.some(({ event }) => event === 'part-fault'));
  },
  'with wires that take nothing and say nothing': async (stand, context) => {
    const { scanner, camera, screens } = stand.post;
    for (const wire of [scanner, camera, screens.passenger, screens.crew]) {
      await wire.close();
      const deaf = await listenOnWire(wire.port, socket => socket.pause());
      context.after(() => deaf.close());
      await until('it is connected', () => deaf.clients.size > 0);
    }
  },
};

async function stopsCleanly(stand: Stand): Promise<void> {
  const from = stand.log.length;
  const { code, signal } = await stand.stop();
  assert.equal([code, signal], [0, null]);
  const events = stand.log.slice(from).map(({ event }) => event);
  assert.ok(events.includes('stopping') && events.includes('stopped'), events.join());
  assert.not.ok(events.includes('close-failed') || events.includes('stderr'), events.join());
}

suite('stopping', test => {
  for (const [camera, each] of [
    [false, moments],
    [true, momentsWithCamera],
  ] as const)
    for (const [when, prepare] of Object.entries(each)) {
      test(`SIGTERM ${when}`, async context => {
        const stand = await startStand(context, { camera });
        await prepare(stand, context);
        await stopsCleanly(stand);
      });
    }

  test('SIGTERM with four cameras that will not end, and four displays nobody reads', async context => {
    const deaf = await listenOnWire(0, socket => socket.pause());
    context.after(() => deaf.close());
    const four = [1, 2, 3, 4];
    const command = ['sh', '-c', "trap '' TERM; while :; do sleep 1; done"];
    const settings = {
      codeReaders: four.map(i => ({ name: `camera-${i}`, driver: 'camera', source: { command } })),
      displays: four.map(i => ({
        name: `display-${i}`,
        driver: 'terminal',
        audience: 'crew',
        path: `tcp://127.0.0.1:${deaf.port}`,
      })),
    } satisfies StandOptions['settings'];
    const stand = await startStand(context, { settings });
    await stopsCleanly(stand);
  });

  test('SIGTERM with a camera that takes longer to end than the limit: exit 1, and it is told', async context => {
    const command = ['sh', '-c', "trap '' TERM; while :; do sleep 1; done"];
    const codeReaders = [{ name: 'camera', driver: 'camera', source: { command } }];
    const stand = await startStand(context, { settings: { codeReaders, stopTimeoutMs: 100 } });
    const from = stand.log.length;
    assert.is((await stand.stop()).code, 1);
    const forced = stand.log.slice(from).find(({ event }) => event === 'stop-forced');
    assert.is(forced?.limitMs, 100);
  });

  test('the last screen invites nobody to a validator that has stopped', async context => {
    const stand = await startStand(context);
    await stand.shows('passenger', '请刷卡或扫码');
    await stopsCleanly(stand);
    await stand.shows('passenger', 'light red', '暂停服务');
    await stand.shows('crew', 'light red', '暂停服务');
  });

  test('a ride whose notice was seen before SIGTERM is in the journal', async context => {
    const stand = await startStand(context);
    for (let i = 0; i < 5; i++) await stand.tap(stand.crowd.tUnion('green'));
    await stopsCleanly(stand);
    assert.is(stand.rows().length, 5);
  });

  test('nobody reads its log: taps go on all the same, and SIGTERM ends it', async context => {
    const stand = await startStand(context);
    await stand.post.firmware.stop();
    const config = join(stand.directory, 'config.yaml');
    const deaf = spawn(process.execPath, [firmware, 'run', '--config', config], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    context.after(() => deaf.kill('SIGKILL'));
    await stand.shows('passenger', '请刷卡或扫码');
    // More than the pipe to this process holds.
    // The length fits: what has a ride code's head is presented each time.
    const forged = `800061${'80'.repeat(97)}`;
    for (let taps = 1; taps <= 800; taps++) {
      stand.post.scanner.send(forged);
      await until(`${taps} taps`, () => countJournalRows(stand.post.journal) >= taps);
    }
    assert.ok(deaf.stderr.readableLength < 200_000);
    deaf.kill('SIGTERM');
    const [code] = await once(deaf, 'exit');
    assert.is(code, 0);
  });
});
