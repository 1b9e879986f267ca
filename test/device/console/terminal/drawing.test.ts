/** What is typed looks the same on a terminal that knows no escape sequence as on one that knows all. */
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { PassThrough, Writable } from 'node:stream';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { createDrawing } from '../../../../device/console/terminal/drawing.ts';
import { suite } from '../../../harness.ts';

const xterm: typeof import('@xterm/headless') = createRequire(import.meta.url)('@xterm/headless');
const columns = 80;

/** @returns what stands on an emulated terminal, and where its cursor is */
async function screenOf(output: string): Promise<string[]> {
  const screen = new xterm.Terminal({ cols: columns, rows: 30, allowProposedApi: true });
  await new Promise<void>(resolve => screen.write(output, resolve));
  const { active } = screen.buffer;
  const rows = Array.from({ length: 30 }, (_, row) => active.getLine(row)?.translateToString(true) ?? '');
  const at = `${active.cursorY}:${active.cursorX}`;
  screen.dispose();
  return [...rows.map(row => row.trimEnd()), at];
}

/** Types keys one by one, and gives what readline draws itself, and what is drawn in its place. */
async function typed(keys: readonly string[]): Promise<{ ansi: string; plain: string }> {
  let ansi = '';
  let plain = '';
  const drawing = createDrawing(text => {
    plain += text;
  });
  const input = new PassThrough();
  const output = new Writable({
    decodeStrings: false,
    write(text, _encoding, done) {
      ansi += text;
      drawing.draw(String(text));
      done();
    },
  });
  const line = createInterface({ input, output, terminal: true, prompt: 'bus> ', escapeCodeTimeout: 0 });
  line.prompt();
  for (const key of keys) {
    input.write(key);
    await new Promise(setImmediate);
    drawing.flush();
  }
  line.close();
  drawing.flush();
  return { ansi, plain };
}

const backspace = '\x7f';
const [left, right, up, down, home, end] = ['\x1b[D', '\x1b[C', '\x1b[A', '\x1b[B', '\x01', '\x05'];
const key = fc.constantFrom(
  ...['a', 'b', 'stop ', '中', '刷卡', 'é', backspace, left, right, up, down, home, end],
  ...['\x0b', '\x15', '\x17', '\r'],
);

suite('what is typed is drawn without escape sequences', test => {
  test('any keys: the same screen, the same cursor, and no escape', async () => {
    const property = fc.asyncProperty(fc.array(key, { maxLength: 25 }), async keys => {
      const { ansi, plain } = await typed(keys);
      assert.not.ok(plain.includes('\x1b'), JSON.stringify(plain));
      assert.equal(await screenOf(plain), await screenOf(ansi), JSON.stringify(keys));
    });
    await fc.assert(property, { numRuns: 60 });
  });

  test('a key at the end of a line costs as much as it has bytes', async () => {
    const { plain } = await typed([...'status']);
    assert.is(plain, 'bus> status');
  });

  test('a line longer than the terminal moves along under its cursor, on one row', async () => {
    const long = 'abcdefghij'.repeat(15);
    const whole = await screenOf((await typed([...long])).plain);
    assert.is(whole[1], '');
    assert.match(whole[0] ?? '', /abcdefghij$/);
    const back = await screenOf((await typed([...long, home])).plain);
    assert.match(back[0] ?? '', /^bus> abcdefghij/);
    const wide = await screenOf((await typed([...'中'.repeat(90), left, left])).plain);
    assert.is(wide[1], '');
    assert.match(wide[0] ?? '', /^ ?中+$/);
  });

  test('what is said in the middle of a line has rows of its own; the line comes again after it', async () => {
    let plain = '';
    const drawing = createDrawing(text => {
      plain += text;
    });
    drawing.draw('bus> sta');
    drawing.say('logged out\nfor good');
    drawing.draw('\x1b[1G\x1b[0Jbus> sta\x1b[9G');
    drawing.flush();
    assert.is(plain, 'bus> sta\r\nlogged out\r\nfor good\r\nbus> sta');
  });

  test('hidden: characters of a PIN never come to light, its Enter does; a script sees nothing', () => {
    let plain = '';
    const drawing = createDrawing(text => {
      plain += text;
    });
    drawing.draw('PIN: ');
    drawing.hide('characters');
    drawing.draw('4711');
    drawing.draw('\x1b[1G\x1b[0JPIN: 471\x1b[9G');
    drawing.draw('\r\n');
    drawing.hide('nothing');
    drawing.draw('bus> ');
    drawing.flush();
    assert.is(plain, 'PIN: \r\nbus> ');
    plain = '';
    drawing.hide('all');
    drawing.draw('status\r\nbus> ');
    drawing.say('{"ok":true}');
    assert.is(plain, '{"ok":true}\r\n');
  });
});
