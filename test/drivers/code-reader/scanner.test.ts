/** The scanner over TCP and over a real PTY. */
import * as assert from 'uvu/assert';
import { createScanner, type ScannerOptions } from '../../../drivers/code-reader/scanner.ts';
import { bytesRead, recordEvents, sampleCodes, testCodeReader } from '../../contract/code-reader.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { createPtyDevice, createTcpDevice } from '../far-end.ts';

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
  async function opened(context: TestContext, encoding: ScannerOptions['encoding']) {
    const device = await createTcpDevice(context);
    const scanner = createScanner({ name: 'reader', path: device.address, baudRate: 9600, encoding });
    const heard = recordEvents();
    await device.plug();
    context.after(scanner.close);
    scanner.open(heard.events);
    await until('ready', () => heard.readies() === 1);
    return { ...device, ...heard };
  }

  const [code = new Uint8Array()] = sampleCodes;

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
      await new Promise(resolve => setTimeout(resolve, 5));
    }
    await until('the code', () => codes.length === 1);
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

  test('refuses what is no code as malformed, and ignores empty lines', async context => {
    const { send, codes } = await opened(context, 'hex');
    send('\r\n\n  \n0g\n');
    await until('the refusal', () => codes.length > 0);
    assert.equal(codes, [{ refused: 'malformed' }]);
  });

  test('refuses a megabyte without an end once, and reads the next line', async context => {
    const { send, codes } = await opened(context, 'auto');
    send(Buffer.alloc(1 << 20, 'a'));
    send(`\n${hexLine(code)}`);
    await until('the code', () => codes.length > 1);
    assert.equal(codes[0], { refused: 'malformed' });
    assert.equal(bytesRead(codes), [Buffer.from(code).toString('hex')]);
  });

  test('refuses a burst of noise once', async context => {
    const { send, codes } = await opened(context, 'auto');
    for (let i = 0; i < 200; i++) send(Buffer.from([0x80, i, 0xff, 10]));
    send(hexLine(code));
    await until('the code', () => bytesRead(codes).length > 0);
    assert.is(codes.length, 2);
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
