/** Telnet on the console: what the client negotiates is not typed, however it is cut. */
import { duplexPair } from 'node:stream';
import * as assert from 'uvu/assert';
import type { ConsoleContext } from '../../../../device/console/context.ts';
import { startSession } from '../../../../device/console/session.ts';
import { createTelnet } from '../../../../device/console/terminal/telnet.ts';
import { suite, until } from '../../../harness.ts';
import { keepLog } from '../kept-log.ts';

const text = (typed: string) => Buffer.from(typed, 'latin1');
const windowSize = '\xff\xfa\x1f\x00\x50\x00\x18\xff\xf0';

const cases: Record<string, [sent: string, typed: string]> = {
  'nothing but keys': ['status\r\n', 'status\r\n'],
  'a window size in a word': [`sta${windowSize}tus\r`, 'status\r'],
  'a width of 255, and of 13': ['a\xff\xfa\x1f\x00\xff\xff\x00\x0d\xff\xf0b', 'ab'],
  'a terminal type': ['a\xff\xfa\x18\x00xterm-256color\xff\xf0b', 'ab'],
  'options before anything is typed': [
    '\xff\xfd\x03\xff\xfb\x18\xff\xfb\x1f\xff\xfe\x01version\r',
    'version\r',
  ],
  'commands: nothing, are you there, go ahead': ['a\xff\xf1b\xff\xf6c\xff\xf9d', 'abcd'],
  'interrupt, erase character and line': ['\xff\xf4\xff\xf7\xff\xf8', '\x03\x7f\x15'],
  'a negotiation that another interrupts': ['a\xff\xfa\x1f\x00\xff\xfb\x01b', 'ab'],
  'noise on a serial line': ['a\xffb\xff\xff', 'ab'],
  Chinese: ['\xe7\x8a\xb6', '\xe7\x8a\xb6'],
};

/** Without anybody at the far end. */
const deaf = () => createTelnet({ reply() {}, resized() {} });

function speaking() {
  let said = '';
  const sizes: { columns: number; rows: number }[] = [];
  const filter = createTelnet({
    reply: bytes => {
      said += bytes.toString('latin1');
    },
    resized: size => void sizes.push(size),
  });
  return { filter, sizes, replies: () => said };
}

suite('telnet', test => {
  for (const [what, [sent, typed]] of Object.entries(cases))
    test(`${what}: in one piece, and cut anywhere`, () => {
      assert.is(deaf().typed(text(sent)).toString('latin1'), typed);
      for (let at = 1; at < sent.length; at++) {
        const filter = deaf();
        const pieces = [sent.slice(0, at), sent.slice(at)].map(piece =>
          filter.typed(text(piece)).toString('latin1'),
        );
        assert.is(pieces.join(''), typed, `cut at ${at}`);
      }
    });

  test('a negotiation that never ends makes nobody deaf', () => {
    const filter = deaf();
    filter.typed(text(`\xff\xfa${'x'.repeat(300)}\r`));
    assert.is(filter.typed(text('status\r')).toString('latin1'), 'status\r');
  });

  test('what clients ask is answered so that they send key by key and echo nothing', () => {
    // PuTTY begins by itself; telnet(1) does at port 23; both agree to what is offered.
    const putty = '\xff\xfb\x1f\xff\xfb\x20\xff\xfb\x18\xff\xfb\x27\xff\xfd\x01\xff\xfb\x03\xff\xfd\x03';
    const telnet =
      '\xff\xfd\x03\xff\xfb\x18\xff\xfb\x1f\xff\xfb\x20\xff\xfb\x21\xff\xfb\x22\xff\xfb\x27\xff\xfd\x05';
    for (const asked of [putty, telnet]) {
      const { filter, replies } = speaking();
      filter.typed(text(asked));
      for (const offered of ['\xff\xfb\x01', '\xff\xfb\x03', '\xff\xfd\x1f'])
        assert.is(replies().split(offered).length, 2, 'offered once');
      for (const refused of ['\xff\xfe\x03', '\xff\xfe\x1f', '\xff\xfc\x01', '\xff\xfc\x03'])
        assert.not.ok(replies().includes(refused));
      // Another option is refused, once.
      assert.is(replies().split('\xff\xfe\x18').length, 2);
      const before = replies();
      filter.typed(text('\xff\xfd\x01\xff\xfd\x03\xff\xfb\x1f\xff\xfb\x18'));
      assert.is(replies(), before, 'what is agreed is not answered again');
    }
  });

  test('a client that will not be echoed to is told so; nothing is said to who does not speak telnet', () => {
    const { filter, replies } = speaking();
    filter.typed(text('status\r\xff\n'));
    assert.is(replies(), '');
    filter.offer();
    filter.typed(text('\xff\xfe\x01'));
    assert.ok(replies().endsWith('\xff\xfc\x01'));
  });

  test('who asks for ever is not answered for ever', () => {
    const { filter, replies } = speaking();
    for (let i = 0; i < 5000; i++) filter.typed(text('\xff\xfd\x01\xff\xfe\x01'));
    for (let i = 0; i < 256; i++) filter.typed(Buffer.from([0xff, 0xfd, i]));
    assert.is(replies().length, 64 * 3);
  });

  test('the window’s size is heard', () => {
    const { filter, sizes } = speaking();
    filter.typed(text(`sta${windowSize}`));
    filter.typed(text('\xff\xfa\x1f\x01\x00\xff\xff\x00\xff\xf0'));
    filter.typed(text('\xff\xfa\x1f\x00\xff\xf0'));
    assert.equal(sizes, [
      { columns: 80, rows: 24 },
      { columns: 256, rows: 255 * 256 },
    ]);
  });

  test('a file passes: every byte, both ways, where telnet is spoken and where it is not', () => {
    const bytes = Buffer.from(Array.from({ length: 2048 }, (_, i) => (i * 7 + (i >> 8)) % 256));
    const plain = speaking();
    assert.equal(plain.filter.encode(bytes), bytes);
    assert.equal(plain.filter.binary(bytes), bytes);
    const { filter } = speaking();
    filter.offer();
    const sent = filter.encode(bytes);
    for (const at of [1, 700, 1500]) {
      const there = speaking();
      there.filter.offer();
      const heard = Buffer.concat([
        there.filter.binary(sent.subarray(0, at)),
        there.filter.binary(sent.subarray(at)),
      ]);
      assert.equal(heard, bytes, `cut at ${at}`);
    }
  });

  test('a command typed by telnet is answered', async context => {
    const [far, near] = duplexPair();
    const about = {
      version: '1.2.3',
      config: { device: 'bus-1-front', line: '2' },
      sm2Engine: 'native',
      flooded() {},
      log: keepLog(),
    };
    startSession(near, about as unknown as ConsoleContext);
    context.after(() => far.destroy());
    let output = '';
    far.setEncoding('utf8').on('data', (said: string) => {
      output += said;
    });
    far.write(text('\xff\xfb\x1fver\xff\xfa\x1f\x00\x50'));
    far.write(text('\x00\x18\xff\xf0sion\r\0'));
    await until('the answer', () => output.includes('firmware'));
    assert.not.match(output, /unknown command/);
  });
});
