/** What the contract suites do not reach: commands that will not end, a wire that vanishes, closing at any time. */
import type { Readable } from 'node:stream';
import * as assert from 'uvu/assert';
import { superviseStream } from '../../../drivers/wire/supervised-stream.ts';
import type { WireSource } from '../../../drivers/wire/wire.ts';
import { recordDevice } from '../../contract/device-events.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { createPtyDevice, createTcpDevice } from '../far-end.ts';

function supervise({ after }: TestContext, source: WireSource, readyAfterMs: number | undefined = 50) {
  const { events, faults, readies } = recordDevice();
  let received = '';
  const wire = superviseStream<Readable>({
    name: 'device',
    source,
    baudRate: 9600,
    readyAfterMs,
    events,
    session: stream => {
      stream.on('data', (chunk: Buffer) => {
        received += chunk.toString('latin1');
      });
      return () => {};
    },
  });
  after(wire.close);
  return { ...wire, faults, readies, received: () => received };
}

const shell = (script: string): WireSource => ({ kind: 'command', command: ['sh', '-c', script] });

function isAlive(pid: string): boolean {
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch {
    return false;
  }
}

suite('supervised stream', test => {
  test('ends a command that ignores SIGTERM, with its children', async context => {
    const script = 'trap "" TERM; sleep 1000 & echo "$$ $!;"; while :; do sleep 1; done';
    const { close, received } = supervise(context, shell(script));
    await until('the process ids', () => received().includes(';'));
    const pids = received().replace(';', '').trim().split(' ');
    assert.ok(pids.every(isAlive));
    await close();
    await until('their end', () => !pids.some(isAlive));
  });

  test('starts a command that ended again, and tells its last words once', async context => {
    const { faults, received, readies } = supervise(
      context,
      shell('echo hello; echo sorry >&2; exit 3'),
      undefined,
    );
    await until('a second start', () => received().split('hello').length > 2);
    assert.is(faults.length, 1);
    assert.match(faults[0]?.message ?? '', /sh ended \(3\) sorry/);
    assert.is(readies(), 0);
  });

  test('reports a program that is not there', async context => {
    const { faults } = supervise(context, { kind: 'command', command: ['/no/such/program'] });
    await until('the fault', () => faults.length > 0);
    assert.is(faults[0]?.kind, 'disconnected');
  });

  test('reports a tty that is not there', async context => {
    const { faults } = supervise(context, { kind: 'tty', path: '/dev/no-such-tty' });
    await until('the fault', () => faults.length > 0);
    assert.is(faults[0]?.kind, 'disconnected');
  });

  test('closes while it connects', async context => {
    const device = await createTcpDevice(context);
    await device.plug();
    const { close, faults, readies } = supervise(context, {
      kind: 'tcp',
      host: '127.0.0.1',
      port: device.port,
    });
    await close();
    await until('the connection to end', () => device.connections() === 0);
    assert.is(faults.length + readies(), 0);
  });

  test.needing('socat', 'reports a tty whose device node vanishes', async context => {
    const device = createPtyDevice(context);
    await device.plug();
    const { faults, readies } = supervise(context, { kind: 'tty', path: device.path });
    await until('ready', () => readies() === 1);
    device.removeNode();
    await until('the fault', () => faults.length > 0);
    assert.match(faults[0]?.message ?? '', /is gone/);
  });
});
