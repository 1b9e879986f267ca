/** The NMEA receiver over TCP and over a real PTY, and what only a wire can do to it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { createNmeaReceiver } from '../../../drivers/gnss/nmea-receiver.ts';
import { epochText, sentence } from '../../../sim/wires/nmea.ts';
import { near, qianmen, recordGnss, type ToldEpoch, testGnssReceiver } from '../../contract/gnss.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { createPtyDevice, createTcpDevice, type TcpDevice } from '../far-end.ts';

/** For silence that is to be told. */
const strictMs = 900;
const neverMs = 600_000;
const textOf = (epoch: ToldEpoch) => epochText({ ...epoch, speedKmh: 0 });
const damaged = (epoch: ToldEpoch) => textOf(epoch).replaceAll(',A,', ',V,').replaceAll(',1,', ',2,');
const noise = Buffer.from(Array.from({ length: 300 }, (_, i) => (i * 37 + (i >> 3)) % 256));

testGnssReceiver('nmea on tcp', async (context, timeoutMs) => {
  const device = await createTcpDevice(context);
  return {
    receiver: createNmeaReceiver({ name: 'gnss', path: device.address, baudRate: 9600, timeoutMs }),
    plug: device.plug,
    unplug: device.unplug,
    attached: () => device.connections() > 0,
    tell: epoch => device.send(textOf(epoch)),
    tellDamaged: epoch => device.send(damaged(epoch)),
    noise: () => device.send(noise),
  };
});

testGnssReceiver(
  'nmea on a tty',
  async (context, timeoutMs) => {
    const device = createPtyDevice(context);
    let holder: ChildProcess | undefined;
    const letGo = () => holder?.kill('SIGKILL');
    context.after(letGo);
    return {
      receiver: createNmeaReceiver({
        name: 'gnss',
        path: device.path,
        baudRate: 9600,
        timeoutMs,
      }),
      async plug() {
        await device.plug();
        holder = holdOpen(device.path);
      },
      async unplug() {
        letGo();
        await device.unplug();
      },
      attached: device.attached,
      tell: epoch => device.send(textOf(epoch)),
      tellDamaged: epoch => device.send(damaged(epoch)),
      noise: () => device.send(noise),
    };
  },
  'socat',
);

/** A PTY ends when the driver opens it anew, unless somebody else has it open too; a serial port goes on. */
function holdOpen(path: string): ChildProcess {
  const tty = openSync(path, constants.O_RDONLY | constants.O_NOCTTY | constants.O_NONBLOCK);
  try {
    return spawn('sleep', ['600'], { stdio: [tty, 'ignore', 'ignore'] });
  } finally {
    closeSync(tty);
  }
}

suite('nmea receiver', test => {
  const noon = Date.UTC(2022, 5, 1, 12);

  async function opened(context: TestContext, timeoutMs = neverMs) {
    let connected = 0;
    const device: TcpDevice = await createTcpDevice(context, () => connected++);
    const receiver = createNmeaReceiver({ name: 'gnss', path: device.address, baudRate: 9600, timeoutMs });
    const heard = recordGnss();
    await device.plug();
    context.after(receiver.close);
    receiver.open(heard.events);
    await until('the wire', () => device.connections() > 0);
    return { send: device.send, connections: () => connected, ...heard };
  }

  const epoch = (second: number) => textOf({ time: noon + second * 1000, position: qianmen });

  test('an epoch that trickles in as at 4800 baud is one fix', async context => {
    const { send, fixes } = await opened(context);
    for (const piece of epoch(0).match(/.{1,24}/gs) ?? []) {
      send(piece);
      await new Promise(resolve => setTimeout(resolve, 25));
    }
    await until('the fix', () => fixes.length > 0);
    await new Promise(resolve => setTimeout(resolve, 400));
    assert.equal(
      fixes.map(({ time }) => time),
      [noon],
    );
  });

  test('binary messages between and before sentences, lost line ends, half sentences', async context => {
    const { send, fixes, faults } = await opened(context);
    const binary = Buffer.from([0xb5, 0x62, 0x01, 0x07, 0x5c, 0x00, 0x24, 0x0a, 0x0d, 0x80, 0xff]);
    const lines = epoch(0).split('\r\n');
    for (const line of lines) send(Buffer.concat([binary, Buffer.from(`${line}\r\n`), binary]));
    await until('the fix', () => fixes.some(({ time }) => time === noon));
    send(epoch(1).replaceAll('\r\n', ''));
    send('\r\n');
    await until('the glued one', () => fixes.some(({ time }) => time === noon + 1000));
    send(`$GNRMC,1200${epoch(2)}`);
    await until('the one behind half a sentence', () => fixes.some(({ time }) => time === noon + 2000));
    assert.is(faults.length, 0);
    assert.ok(fixes.every(({ position }) => near(position, qianmen)));
  });

  test('what was held up on the wire is not told with the time it was read at', async context => {
    const { send, fixes } = await opened(context);
    send([0, 1, 2, 3, 4].map(epoch).join(''));
    await until('the last', () => fixes.length > 0);
    await new Promise(resolve => setTimeout(resolve, 300));
    assert.equal(
      fixes.map(({ time }) => time),
      [noon + 4000],
    );
  });

  test('lives through a flood, and goes on after it', async context => {
    const { send, fixes, faults, readies } = await opened(context);
    for (let round = 0; round < 20; round++) {
      send(Array.from({ length: 200 }, (_, i) => epoch(round * 200 + i)).join(''));
      send(Buffer.alloc(200_000, 'A'));
      await new Promise(resolve => setTimeout(resolve, 5));
    }
    send(`\n${epoch(50_000)}`);
    await until('the fix after it', () => fixes.at(-1)?.time === noon + 50_000_000);
    assert.is(faults.length, 0);
    assert.is(readies(), 1);
  });

  test('a busy event loop is no silence', async context => {
    const { send, fixes, faults } = await opened(context, strictMs);
    send(epoch(0));
    await until('the fix', () => fixes.length > 0);
    send(epoch(1));
    const busyUntil = performance.now() + strictMs + 200;
    while (performance.now() < busyUntil) fixes.at(-1);
    await until('the next fix', () => fixes.length > 1);
    assert.is(faults.length, 0);
  });

  test('a receiver set to send other sentences only is a protocol fault that says so', async context => {
    const { send, faults } = await opened(context, strictMs);
    const zda = sentence('GNZDA,120000.00,01,06,2022,00,00');
    const others = setInterval(() => send(sentence('GPGSV,1,1,00,1') + zda), 200);
    context.after(() => clearInterval(others));
    await until('the fault', () => faults.length > 0);
    assert.is(faults[0]?.kind, 'protocol');
    assert.match(faults[0]?.message ?? '', 'neither RMC nor GGA nor GNS');
  });

  for (const [what, body] of [
    ["UM960's differential fix", 'GNRMC,120000.00,D,3953.91600000,N,11623.50200000,E,0.1,,010622,,,D,C'],
    ['a talker of NavIC', 'GIRMC,120000.00,A,3953.916,N,11623.502,E,0.1,,010622,,,A'],
    [
      'a sentence with more fields than known',
      'GNRMC,120000.00,A,3953.916,N,11623.502,E,0.1,,010622,,,A,V,,',
    ],
  ] as const) {
    test(`${what} is told with time and place`, async context => {
      const { send, fixes, faults } = await opened(context);
      send(sentence(body));
      await until('the fix', () => fixes[0]?.time === noon);
      assert.ok(near(fixes[0]?.position, qianmen));
      assert.is(faults.length, 0);
    });
  }

  test('sentences without checksums are a protocol fault that says so, and the wire stays open', async context => {
    const { send, faults, connections, readies } = await opened(context, strictMs);
    const unchecked = setInterval(() => send(epoch(0).replaceAll(/\*../g, '')), 200);
    context.after(() => clearInterval(unchecked));
    const told = (kind: string) => faults.filter(fault => fault.kind === kind);
    const [fault] = await until('the fault', () => told('protocol').length > 0 && told('protocol'));
    assert.match(fault?.message ?? '', 'without checksums');
    await new Promise(resolve => setTimeout(resolve, 3 * strictMs));
    assert.is(connections(), 1 + told('timeout').length);
    clearInterval(unchecked);
    send(epoch(1));
    await until('ready', () => readies() === 1);
  });

  test('an address that is none is refused at once', () => {
    const options = { name: 'gnss', path: 'ttyUSB0', baudRate: 9600, timeoutMs: neverMs };
    assert.throws(() => createNmeaReceiver(options), /ttyUSB0/);
  });
});
