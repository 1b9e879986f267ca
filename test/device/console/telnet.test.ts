/** Telnet on the console: what the client negotiates is not typed, however it is cut. */
import { duplexPair } from 'node:stream';
import * as assert from 'uvu/assert';
import type { ConsoleContext } from '../../../device/console/context.ts';
import { startSession } from '../../../device/console/session.ts';
import { createTelnetFilter } from '../../../device/console/telnet.ts';
import { suite, until } from '../../harness.ts';

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

suite('telnet', test => {
  for (const [what, [sent, typed]] of Object.entries(cases))
    test(`${what}: in one piece, and cut anywhere`, () => {
      assert.is(createTelnetFilter()(text(sent)).toString('latin1'), typed);
      for (let at = 1; at < sent.length; at++) {
        const filter = createTelnetFilter();
        const pieces = [sent.slice(0, at), sent.slice(at)].map(piece =>
          filter(text(piece)).toString('latin1'),
        );
        assert.is(pieces.join(''), typed, `cut at ${at}`);
      }
    });

  test('a negotiation that never ends makes nobody deaf', () => {
    const filter = createTelnetFilter();
    filter(text(`\xff\xfa${'x'.repeat(300)}\r`));
    assert.is(filter(text('status\r')).toString('latin1'), 'status\r');
  });

  test('a command typed by telnet is answered', async context => {
    const [far, near] = duplexPair();
    const about = {
      version: '1.2.3',
      config: { device: 'bus-1-front', line: '2' },
      sm2Engine: 'native',
      flooded() {},
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
