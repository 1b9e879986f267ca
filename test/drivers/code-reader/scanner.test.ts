/** The scanner over TCP and over a real PTY. */
import * as assert from 'uvu/assert';
import { createScanner, type ScannerOptions } from '../../../drivers/code-reader/scanner.ts';
import { bytesRead, recordEvents, sampleCodes, testCodeReader } from '../../contract/code-reader.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { createPtyDevice, createTcpDevice } from '../far-end.ts';
import { openedModule } from './opened-module.ts';
import { eciOf, hexOf, rideCode, utf8Of } from './sample-codes.ts';

const hexLine = (code: Uint8Array) => `${Buffer.from(code).toString('hex')}\r\n`;
const junk = Buffer.concat([Buffer.alloc(3000, 0xff), Buffer.from('\nno code at all\r\n\r\n')]);

testCodeReader('scanner on tcp', async context => {
  const device = await createTcpDevice(context);
  return {
    reader: createScanner({ name: 'reader', path: device.address, baudRate: 9600, encoding: 'auto' }),
    plug: device.plug,
    unplug: device.unplug,
    attached: () => device.connections() > 0,
    show: code => device.send(hexLine(code)),
    showJunk: () => device.send(junk),
  };
});

testCodeReader(
  'scanner on a tty',
  async context => {
    const device = createPtyDevice(context);
    return {
      reader: createScanner({ name: 'reader', path: device.path, baudRate: 115_200, encoding: 'auto' }),
      plug: device.plug,
      unplug: device.unplug,
      attached: device.attached,
      show: code => device.send(hexLine(code)),
      showJunk: () => device.send(junk),
    };
  },
  'socat',
);

suite('scanner', test => {
  const opened = (context: TestContext, encoding: ScannerOptions['encoding']) =>
    openedModule(context, path => createScanner({ name: 'reader', path, baudRate: 9600, encoding }));

  const [code = new Uint8Array()] = sampleCodes;
  const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

  for (const [encoding, line] of [
    ['hex', hexLine(code)],
    ['base64', `${Buffer.from(code).toString('base64')}\r`],
    ['auto', `${Buffer.from(code).toString('base64url')}\n`],
  ] as const) {
    test(`reads ${encoding}`, async context => {
      const { send, codes } = await opened(context, encoding);
      send(line);
      await until('the code', () => codes.length > 0);
      assert.equal(bytesRead(codes), [Buffer.from(code).toString('hex')]);
    });
  }

  test('a line in STX and ETX needs no line end', async context => {
    const { send, codes } = await opened(context, 'auto');
    const framed = `\x02]Q1${Buffer.from(code).toString('hex')}\x03`;
    send(framed.repeat(3));
    await until('the codes', () => bytesRead(codes).length === 3);
    assert.is(codes.length, 3);
  });

  test('raw: what comes between two silences is a code, byte for byte, CR and LF too', async context => {
    const { send, codes } = await opened(context, 'raw');
    const bytes = Buffer.from(Array.from({ length: 364 }, (_, i) => 255 - (i % 256)));
    for (let at = 0; at < bytes.length; at += 64) {
      send(bytes.subarray(at, at + 64));
    }
    await until('the code', () => codes.length === 1);
    await pause(200);
    send(bytes.subarray(0, 348));
    await until('the next code', () => codes.length === 2);
    assert.equal(bytesRead(codes), [bytes.toString('hex'), bytes.subarray(0, 348).toString('hex')]);
  });

  test('raw: refuses a megabyte without a silence once, and reads the next code', async context => {
    const { send, codes } = await opened(context, 'raw');
    send(Buffer.alloc(1 << 20, 0x81));
    await until('the refusal', () => codes.length === 1);
    send(code);
    await until('the code', () => codes.length === 2);
    assert.equal(codes[0], { refused: 'malformed' });
    assert.equal(bytesRead(codes), [Buffer.from(code).toString('hex')]);
  });

  test('raw: a ride code is whole when its length says so, in however many pieces', async context => {
    const { send, codes } = await opened(context, 'raw');
    const rides = [1, 2, 5, 170, 300].map(at => ({ at, ride: rideCode() }));
    for (const { at, ride } of rides) {
      send(ride.subarray(0, at));
      await pause(80);
      send(ride.subarray(at));
      await until('the code', () => bytesRead(codes).includes(hexOf(ride)));
    }
    const together = [rideCode(), rideCode(), rideCode()];
    send(Buffer.concat(together));
    await until('all', () => codes.length >= rides.length + 3);
    assert.equal(bytesRead(codes), [...rides.map(({ ride }) => ride), ...together].map(hexOf));
  });

  test('raw: what a module puts around a code, or makes of it, is taken off', async context => {
    const { send, codes, notes } = await opened(context, 'raw');
    const ride = rideCode();
    const made = {
      'a CR behind it': [ride, '\r'],
      'STX, AIM identifier, ETX, CR LF': ['\x02]Q1', ride, '\x03\r\n'],
      'a code id': ['Q', ride, '\n'],
      'the ECI': ['\\000003', ride],
      'the ECI, backslashes doubled': [eciOf(ride)],
      'UTF-8': [utf8Of(ride), '\r'],
      frame: ['\x03\x01\x50', ride],
      hex: [hexOf(ride), '\r\n'],
      base64: [Buffer.from(ride).toString('base64')],
    };
    for (const [what, parts] of Object.entries(made)) {
      const before = codes.length;
      const bytes = Buffer.concat(parts.map(part => Buffer.from(part as string)));
      for (const piece of [bytes.subarray(0, 200), bytes.subarray(200)]) send(piece);
      await until(what, () => codes.length > before);
      await pause(100);
      assert.equal(bytesRead(codes).slice(before), [hexOf(ride)], what);
    }
    assert.is(codes.length, Object.keys(made).length);
    assert.equal(notes, []);
  });

  test('raw: a code that ends too early is refused, and the next is read', async context => {
    const { send, codes, notes } = await opened(context, 'raw');
    const [cut, next, last] = [rideCode().subarray(0, 300), rideCode(), rideCode()];
    send(cut);
    await pause(80);
    send(next);
    await until('the next code', () => codes.length > 0);
    assert.equal(bytesRead(codes), [hexOf(next)]);
    send(cut);
    await until('the cut code', () => codes.length > 1);
    assert.match(notes.join(), /ends before the length/);
    send(last);
    await until('the last code', () => codes.length > 2);
    assert.equal(bytesRead(codes), [next, cut, last].map(hexOf));
  });

  test('a line that falls silent in the middle of a code goes on', async context => {
    const { send, codes } = await opened(context, 'auto');
    const ride = rideCode();
    for (const line of [hexOf(ride), Buffer.from(ride).toString('base64')]) {
      const before = codes.length;
      send(line.slice(0, 100));
      await pause(400);
      send(line.slice(100));
      await until('the code', () => codes.length > before);
    }
    assert.equal(bytesRead(codes), [hexOf(ride), hexOf(ride)]);
  });

  test('a code that is broken over lines is one, and one cut short is refused without another line', async context => {
    const { send, codes } = await opened(context, 'auto');
    const [ride, cut] = [rideCode(), rideCode().subarray(0, 300)];
    for (const text of [hexOf(ride), Buffer.from(ride).toString('base64')]) {
      const before = codes.length;
      send(`${text.replace(/.{76}/g, '$&\r\n')}\r\n`);
      await until('the code', () => codes.length > before);
    }
    send(`${hexOf(cut)}\r\n`);
    await until('the refusal', () => codes.length > 2);
    send(`${hexOf(rideCode()).slice(0, 400)}\r\n${hexOf(ride)}\r\n`);
    await until('the next code', () => codes.length > 3);
    assert.equal(bytesRead(codes), [ride, ride, cut, ride].map(hexOf));
  });

  test('what a module says by itself is nobody, and is told once', async context => {
    const { send, codes, notes } = await opened(context, 'auto');
    const ride = rideCode();
    for (let i = 0; i < 20; i++) {
      send('NR\r\n');
      if (i % 5 === 0) send('\x06\r\nScanner V1.02 ready\r\n');
    }
    send(hexLine(ride));
    send('NOREAD\r\nNOREAD\r\n');
    await until('the code', () => codes.length > 0);
    send(hexLine(ride));
    await until('the code again', () => codes.length > 1);
    assert.equal(bytesRead(codes), [hexOf(ride), hexOf(ride)]);
    assert.is(notes.length, 3);
    assert.match(notes[0] ?? '', /reads nothing/);
    assert.match(notes[2] ?? '', /reads nothing.*acknowledgements.*power-on/);
  });

  test('a salvo of foreign codes is refused once, and not at all together with a ride code', async context => {
    const { send, codes } = await opened(context, 'auto');
    const ride = rideCode();
    const texts = Array.from({ length: 30 }, (_, i) => `https://example.com/${i}\r\nTXabcdef${i}\r\n`).join(
      '',
    );
    send(`${texts}${hexLine(ride)}${texts}`);
    await until('the ride code', () => bytesRead(codes).length > 0);
    await pause(400);
    assert.equal(bytesRead(codes), [hexOf(ride)]);
    codes.length = 0;
    send(`${hexLine(ride)}6220123456789012345\r\n`);
    await until('the ride code again', () => codes.length > 0);
    await pause(400);
    assert.equal(bytesRead(codes), [hexOf(ride)]);
    for (let i = 0; i < 20; i++) send(`https://example.com/${i}\r\n`);
    await until('the refusal', () => codes.length > 1);
    await pause(400);
    send(hexLine(ride));
    await until('the next', () => bytesRead(codes).at(-1) === hexOf(ride));
    assert.is(codes.length, 3);
  });

  test('a ride code in a flood of other lines is read', async context => {
    const { send, codes } = await opened(context, 'auto');
    const ride = rideCode();
    const flood = 'NOREAD\r\nhttps://example.com/line2\r\n'.repeat(1500);
    send(`${flood}${hexLine(ride)}${flood}`);
    await until('the ride code', () => bytesRead(codes).includes(hexOf(ride)));
  });

  test('refuses what may be a code and cannot be read, and ignores empty lines', async context => {
    const { send, codes } = await opened(context, 'hex');
    send(`\r\n\n  \n${'0g'.repeat(20)}0g${'81'.repeat(20)}!\n`);
    await until('the refusal', () => codes.length > 0);
    assert.equal(codes, [{ refused: 'malformed' }]);
  });

  test('refuses a megabyte without an end once, and reads the next line', async context => {
    const { send, codes } = await opened(context, 'auto');
    send(Buffer.alloc(1 << 20, 'a'));
    await until('the refusal', () => codes.length > 0);
    send(`\n${hexLine(code)}`);
    await until('the code', () => codes.length > 1);
    assert.equal(codes[0], { refused: 'malformed' });
    assert.equal(bytesRead(codes), [Buffer.from(code).toString('hex')]);
  });

  test('a burst of noise is nobody', async context => {
    const { send, codes } = await opened(context, 'auto');
    for (let i = 0; i < 200; i++) send(Buffer.from([0x80, i, 0xff, 10]));
    send(hexLine(code));
    await until('the code', () => bytesRead(codes).length > 0);
    assert.is(codes.length, 1);
  });

  test('is not ready while the port server hangs up at once', async context => {
    const device = await createTcpDevice(context, socket => socket.destroy());
    const scanner = createScanner({ name: 'reader', path: device.address, baudRate: 9600, encoding: 'auto' });
    const { events, faults, readies } = recordEvents();
    await device.plug();
    context.after(scanner.close);
    scanner.open(events);
    await until('the fault', () => faults.length > 0);
    await new Promise(resolve => setTimeout(resolve, 400));
    assert.is(readies(), 0);
    assert.is(faults.length, 1);
  });
});
