/** What outsiders wrote, on its way to a terminal: no control character reaches it. */
import { readdirSync, readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import * as assert from 'uvu/assert';
import { printable, printableLines, say } from '../../../device/kit/printable.ts';
import { suite } from '../../harness.ts';

const controls = [
  ...Array.from({ length: 0x20 }, (_, i) => i),
  ...Array.from({ length: 0x21 }, (_, i) => 0x7f + i),
  ...[
    0x061c, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068,
    0x2069,
  ],
].map(code => String.fromCharCode(code));

suite('printable text', test => {
  test('every control character of C0 and C1, and whatever turns the text round, is written out', () => {
    for (const character of controls) {
      const shown = printable(`a${character}b`);
      assert.match(shown, /^a\\u[0-9a-f]{4}b$/);
      assert.is(JSON.parse(`"${shown}"`), `a${character}b`, 'JSON reads it as what it was');
      assert.is(printableLines(`a${character}b`), character === '\n' ? 'a\nb' : shown);
    }
    assert.is(printable('北京 2 路, é, 👩‍👧'), '北京 2 路, é, 👩‍👧');
  });

  test('what is said ends its line, and JSON stays JSON', () => {
    const to = new PassThrough();
    const given = { name: `\u001b]0;x\u0007\u009b31m\u202e\u007f`, lines: 'a\nb' };
    say(JSON.stringify(given), to);
    const said: string = to.read().toString();
    assert.equal(JSON.parse(said), given);
    assert.equal(
      [...said].filter(character => controls.includes(character)),
      ['\n'],
    );
  });

  test('nothing else writes to the terminal, but what draws on it', () => {
    const drawing = [
      'device/kit/log.ts',
      'device/kit/printable.ts',
      'device/command-line.ts',
      'sim/program.ts',
      'sim/fleet/fleet-command.ts',
      'sim/run/terminal-mode.ts',
    ];
    const writing = ['device', 'drivers', 'sync', 'sim'].flatMap(sources).filter(file => {
      const text = readFileSync(file, 'utf8');
      return /std(?:out|err)\.write\(|console\.(?:log|error|warn|info)\(/.test(text);
    });
    assert.equal(
      writing.filter(file => !drawing.includes(file)),
      [],
    );
  });
});

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => /\.tsx?$/.test(name) && !name.startsWith('panel/page'))
    .map(name => `${folder}/${name}`);
}
