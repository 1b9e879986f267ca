/** Two validators of one bus that hear each other: a ride code gets off at any door, whatever has become of it and of the network. */
import * as assert from 'uvu/assert';
import { readMessage, writeMessage } from '../../../device/other-doors/messages.ts';
import { suite, type TestContext } from '../../harness.ts';
import { firstOfJune, startValidator, type World } from '../tap/fare-stand.ts';
import { createDoorNetwork } from './door-network.ts';

const minute = 60_000;
const wang = 'aa'.repeat(10);

async function startBus(context: TestContext) {
  const world: World = { now: firstOfJune, stop: 'there-0' };
  const network = createDoorNetwork();
  let isRed = false;
  const start = (terminal: string, directory?: string) => {
    const link = network.door(`test-${terminal.slice(-4)}`);
    return startValidator(context, world, { terminal, link, isRed: () => isRed }, directory);
  };
  return {
    world,
    network,
    front: await start('110000000042'),
    rear: await start('110000000043'),
    restart: (terminal: string, directory: string) => start(terminal, directory),
    ride(): void {
      world.now += 40 * minute;
      world.stop = 'there-3';
    },
    turnRed(): void {
      isRed = true;
    },
  };
}

suite('other doors', test => {
  test('a code that got on at one door gets off at the other, red by now', async context => {
    const { front, rear, ride, turnRed } = await startBus(context);
    assert.is(front.scan(wang).verdict, 'pass on');
    turnRed();
    ride();
    assert.match(rear.scan(wang).verdict, /^alighted/);
    ride();
    assert.match(front.scan(wang).verdict, /^abnormal/, 'the ride has ended here too');
  });

  test('a door that was down hears of what it missed, and tells nothing that is over', async context => {
    const { front, rear, network, ride, world } = await startBus(context);
    front.scan(wang);
    network.cut();
    ride();
    assert.is(rear.scan(wang).verdict, 'alighted pass', 'it had heard before');
    network.mend();
    world.now += minute;
    assert.is(front.scan(wang).verdict, 'pass on', 'what the front door knew was older');
    network.cut();
    ride();
    network.mend();
    assert.is(rear.scan(wang).verdict, 'alighted pass');
  });

  test('a validator that starts again knows the rides that began at the other door', async context => {
    const { front, rear, restart, ride } = await startBus(context);
    front.scan(wang);
    await rear.close();
    const again = await restart('110000000043', rear.directory);
    ride();
    assert.is(again.scan(wang).verdict, 'alighted pass');
  });

  test('a stop may have any id: what is said of it is ASCII, and short', () => {
    const tokens = Array.from({ length: 4 }, () => 'ab'.repeat(16));
    for (const stop of ['东直门 外:1', '𠀀'.repeat(64), '"\\'.repeat(32)]) {
      const ride = { is: 'ride', tokens, step: 'off', at: 1e14, stop } as const;
      const line = writeMessage(ride);
      assert.match(line, /^[\x20-\x7e]{1,1024}$/);
      assert.equal(readMessage(line), ride);
    }
  });

  test('what is no message, or of a ride that is over, changes nothing', async context => {
    const { network, front, world, ride } = await startBus(context);
    const link = network.door('stranger');
    link.open({ part: () => ({ ready() {}, fault() {} }), heard() {}, opened: () => [] });
    const token = Buffer.from(`r${wang.slice(-7)}`).toString('hex');
    const said = { is: 'ride', tokens: [token], step: 'on', at: world.now, stop: 'there-0' };
    for (const message of [
      '',
      'junk',
      '{}',
      '[]',
      '{"is":"begun"}',
      JSON.stringify({ ...said, tokens: [] }),
      JSON.stringify({ ...said, step: 'free' }),
      JSON.stringify({ ...said, stop: '\u0000' }),
      JSON.stringify({ ...said, more: 1 }),
      JSON.stringify({ ...said, at: world.now - 24 * 60 * minute }),
      JSON.stringify({ is: 'settled', of: 'test-0042', row: 1, outcome: 'paid', tac: null }),
      JSON.stringify({ is: 'settled', of: '../x', row: 1, outcome: 'paid', tac: null }),
    ])
      link.tell(message);
    ride();
    assert.is(front.scan(wang).verdict, 'pass on');
    assert.is(front.journal.current()?.count().rows, 1);
  });
});
