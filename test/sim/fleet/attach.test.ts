/** A bus out of a running fleet, as a real one: its rows arrive under its name, and it goes back. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as assert from 'uvu/assert';
import { messageOf, WrongUsage } from '../../../device/kit/errors.ts';
import { attach } from '../../../sim/fleet/attach.ts';
import { type ControlParts, type FleetBus, openControl } from '../../../sim/fleet/control.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { runSimProcess, simProgram } from '../run-sim.ts';

const identity = (device: string) => ({ device, signing: '/s', url: 'mqtt://127.0.0.1:1', office: '/o' });
const someBus: FleetBus = {
  line: '2',
  bus: 'F0001',
  front: identity('f0001-front'),
  rear: identity('f0001-rear'),
};

async function openHere(context: TestContext, take: ControlParts['take']) {
  const path = join(temporaryDirectory(context), 'control');
  const given: unknown[] = [];
  const control = await openControl(path, {
    take,
    giveBack: (bus, rows) => void given.push([bus.bus, rows]),
  });
  context.after(control.close);
  const dial = async () => {
    const socket = connect(path);
    context.after(() => socket.destroy());
    const heard: string[] = [];
    createInterface({ input: socket }).on('line', line => void heard.push(line));
    let isClosed = false;
    socket
      .on('error', () => undefined)
      .on('close', () => {
        isClosed = true;
      });
    await once(socket, 'connect');
    return { socket, heard, isClosed: () => isClosed };
  };
  return { path, control, given, dial };
}

suite('fleet attach', test => {
  test('a tap at a bus out of the fleet is in the fleet’s account, and the bus goes on as before', async context => {
    const control = join(temporaryDirectory(context), 'control');
    const day = `fleet --validators 2 --threads 1 --from 08:00 --minutes 60 --json --control ${control}`;
    const fleet = spawn(process.execPath, [simProgram, ...day.split(' ')], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    context.after(() => void fleet.kill('SIGKILL'));
    let output = '';
    fleet.stdout.on('data', text => {
      output += text;
    });
    await until('the fleet', () => existsSync(control));
    const words = ['f0001-rear', '--control', control, '--no-panel', '--patient', '--json'];
    const input = 'tap front wang\nscan rear zhu-phone\n';
    const bus = await runSimProcess(['fleet', 'attach', ...words], { context, input });
    assert.is(bus.code, 0, bus.errors);
    assert.is(bus.output.match(/"verdict":"pass"/g)?.length, 2);
    fleet.kill('SIGINT');
    await once(fleet, 'close');
    const { taps, stored, lost, duplicates, attached } = JSON.parse(output.trim().split('\n').at(-1) ?? '');
    assert.ok(attached.rows >= 2);
    assert.equal({ stored, lost, duplicates }, { stored: taps, lost: 0, duplicates: 0 });
    assert.equal(attached, { buses: 1, rows: attached.rows, stored: attached.rows });
    assert.not(existsSync(control));
  });

  test('no such validator, or no fleet: it says so', async context => {
    const { path } = await openHere(context, async name => `${name}: this fleet has 2 validators`);
    const run = { panel: false, panelPort: 0, json: true, patient: true };
    for (const [control, why] of [
      [path, /3: this fleet has 2 validators/],
      [`${path}-none`, /no fleet answers at .*-none/],
    ] as const)
      try {
        await attach({ ...run, control, validator: '3' });
        assert.unreachable();
      } catch (error) {
        assert.instance(error, WrongUsage);
        assert.match(messageOf(error), why);
      }
  });

  test('whoever ends without a word, or says nonsense, gives back what they had', async context => {
    const { path, given, dial } = await openHere(context, async name => (name === '1' ? someBus : 'no'));
    assert.is(statSync(path).mode & 0o777, 0o700);
    const first = await dial();
    first.socket.write('{"validator":"2"}\n{"validator":"1"}\n');
    await until('the bus', () => first.heard.length === 2);
    assert.equal(
      first.heard.map(line => Object.keys(JSON.parse(line))),
      [['refused'], ['bus']],
    );
    first.socket.write('{"rows":{"f0001-front":3}}\n{"rows":{"f0001-front":-1}}\n');
    await until('that it is left', first.isClosed);
    const second = await dial();
    second.socket.write('{"validator":"1"}\n');
    await until('the bus', () => second.heard.length === 1);
    second.socket.destroy();
    await until('both', () => given.length === 2);
    assert.equal(given, [
      ['F0001', { 'f0001-front': 3 }],
      ['F0001', undefined],
    ]);
    for (const text of ['no JSON\n', '{"validator":1}\n', `{"validator":"${'x'.repeat(5000)}"}\n`]) {
      const { socket, isClosed } = await dial();
      socket.write(text);
      await until('that it is left', isClosed);
    }
  });

  test('a second fleet at the same place is refused; the end of the first is told', async context => {
    const { path, control, dial } = await openHere(context, async () => someBus);
    const parts = { take: async () => 'no', giveBack: () => undefined };
    try {
      await openControl(path, parts);
      assert.unreachable();
    } catch (error) {
      assert.match(String(error), /another fleet is running/);
    }
    const { socket, heard } = await dial();
    const closing = control.close();
    await until('the end', () => heard.length === 1);
    assert.is(heard[0], '{"over":true}');
    socket.end();
    await closing;
  });
});
