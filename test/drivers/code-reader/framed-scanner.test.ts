/** The framed scanner over TCP and over a real PTY. */
import * as assert from 'uvu/assert';
import { createFramedScanner } from '../../../drivers/code-reader/framed-scanner.ts';
import { bytesRead, sampleCodes, testCodeReader } from '../../contract/code-reader.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { createPtyDevice, createTcpDevice } from '../far-end.ts';
import { openedModule } from './opened-module.ts';
import { eciOf, hexOf, rideCode } from './sample-codes.ts';

function frame(code: Uint8Array): Buffer {
  const header = Buffer.from([3, code.length >> 8, code.length & 0xff]);
  return Buffer.concat([header, code]);
}

const junk = Buffer.concat([Buffer.alloc(3000, 0xff), Buffer.from([3, 0, 0, 3, 0xff, 0xff, 3, 0])]);

testCodeReader('framed scanner on tcp', async context => {
  const device = await createTcpDevice(context);
  return {
    reader: createFramedScanner({ name: 'reader', path: device.address, baudRate: 9600 }),
    plug: device.plug,
    unplug: device.unplug,
    attached: () => device.connections() > 0,
    show: code => device.send(frame(code)),
    showJunk: () => device.send(junk),
  };
});

testCodeReader(
  'framed scanner on a tty',
  async context => {
    const device = createPtyDevice(context);
    return {
      reader: createFramedScanner({ name: 'reader', path: device.path, baudRate: 115_200 }),
      plug: device.plug,
      unplug: device.unplug,
      attached: device.attached,
      show: code => device.send(frame(code)),
      showJunk: () => device.send(junk),
    };
  },
  'socat',
);

suite('framed scanner', test => {
  const opened = (context: TestContext) =>
    openedModule(context, path => createFramedScanner({ name: 'reader', path, baudRate: 9600 }));

  test('the code may hold any byte, the mark, CR and LF too', async context => {
    const { send, codes } = await opened(context);
    const code = Uint8Array.from({ length: 364 }, (_, i) => [3, 13, 10, 0, 255][i % 5] ?? 0);
    send(frame(code));
    await until('the code', () => codes.length > 0);
    assert.equal(bytesRead(codes), [hexOf(code)]);
  });

  test('frames are found in pieces and several in one piece', async context => {
    const { send, codes } = await opened(context);
    const bytes = Buffer.concat(sampleCodes.map(frame));
    const [first = new Uint8Array()] = sampleCodes;
    send(bytes);
    for (const byte of frame(first)) send(Buffer.from([byte]));
    await until('the codes', () => codes.length === sampleCodes.length + 1);
    assert.equal(bytesRead(codes), [...sampleCodes, first].map(hexOf));
  });

  test('a frame with a ride code in it is waited for', async context => {
    const { send, codes } = await opened(context);
    const ride = rideCode();
    send(frame(ride).subarray(0, 100));
    await new Promise(resolve => setTimeout(resolve, 400));
    send(frame(ride).subarray(100));
    await until('the code', () => codes.length > 0);
    assert.equal(bytesRead(codes), [hexOf(ride)]);
  });

  test('a frame cut short takes nothing of the next, and is refused if none follows', async context => {
    const { send, codes, notes } = await opened(context);
    const [cut, next] = [rideCode(), rideCode()];
    for (const length of [30, 200, 361, 366]) {
      const before = codes.length;
      send(Buffer.concat([frame(cut).subarray(0, length), frame(next).subarray(0, 100)]));
      send(frame(next).subarray(100));
      await until('the next code', () => bytesRead(codes).slice(before).includes(hexOf(next)));
    }
    const before = codes.length;
    const last = rideCode();
    send(frame(last).subarray(0, 150));
    await until('the refusal', () => codes.length > before);
    assert.is(bytesRead(codes).at(-1), hexOf(last.subarray(0, 147)));
    assert.match(notes.join(), /ends before the length/);
  });

  test('noise that looks like the beginning of a frame takes no code with it', async context => {
    const { send, codes } = await opened(context);
    const ride = rideCode();
    send(Buffer.concat([Buffer.from([3, 0x0f, 0xff, 0x80, 3, 3]), frame(ride)]));
    await until('the code', () => codes.length > 0);
    assert.equal(bytesRead(codes), [hexOf(ride)]);
  });

  test('what a module puts into the frame beside a code is taken off, and its own talk is nobody', async context => {
    const { send, codes, notes } = await opened(context);
    const ride = rideCode();
    send(frame(Buffer.from('NOREAD')));
    for (const content of [eciOf(ride), Buffer.concat([ride, Buffer.from('\r')]), Buffer.from(hexOf(ride))]) {
      send(frame(content));
    }
    await until('the codes', () => codes.length > 2);
    assert.equal(bytesRead(codes), [ride, ride, ride].map(hexOf));
    assert.is(codes.length, 3);
    assert.match(notes.join(), /NOREAD/);
  });

  test('codes outside frames are told, and what to set', async context => {
    const { send, codes, notes } = await opened(context);
    send(`${hexOf(rideCode())}\r\n`);
    await until('the note', () => notes.length > 0);
    assert.match(notes[0] ?? '', /in no frame.*driver: scanner/);
    assert.is(codes.length, 0);
  });

  test('a length that no code has begins no frame', async context => {
    const { send, codes } = await opened(context);
    const [first = new Uint8Array()] = sampleCodes;
    send(Buffer.concat([Buffer.from([3, 0, 0, 3, 0x10, 0x01]), frame(first)]));
    await until('the code', () => codes.length > 0);
    assert.equal(bytesRead(codes), [hexOf(first)]);
  });

  test('a megabyte of noise costs no memory and no code', async context => {
    const { send, codes } = await opened(context);
    const [first = new Uint8Array()] = sampleCodes;
    send(Buffer.alloc(1 << 20, 0x81));
    send(frame(first));
    await until('the code', () => codes.length > 0);
    assert.equal(bytesRead(codes), [hexOf(first)]);
  });
});
