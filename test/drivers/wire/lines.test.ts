import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { readLines } from '../../../drivers/wire/lines.ts';
import { suite, until } from '../../harness.ts';

function reading(maxLineBytes: number) {
  const wire = new PassThrough();
  const lines: string[] = [];
  const stop = readLines(wire, { maxLineBytes, idleGapMs: 50 }, line => lines.push(line));
  return { wire, lines, stop };
}

suite('serial line', test => {
  test('CR, LF and CRLF end a line, and empty lines are left out', async () => {
    const { wire, lines, stop } = reading(10);
    wire.write('a\rb\nc\r\n\r\r\n\nd\r');
    wire.write('\ne\n');
    await until('the lines', () => lines.length === 5);
    assert.equal(lines, ['a', 'b', 'c', 'd', 'e']);
    stop();
  });

  test('is one character per byte', async () => {
    const { wire, lines, stop } = reading(300);
    const bytes = Buffer.from(
      Array.from({ length: 256 }, (_, i) => i).filter(byte => byte !== 10 && byte !== 13),
    );
    wire.write(bytes);
    wire.write('\n');
    await until('the line', () => lines.length === 1);
    assert.equal(Buffer.from(lines[0] ?? '', 'latin1'), bytes);
    stop();
  });

  test('lets one byte too many of an overlong line through, and all of the next', async () => {
    const { wire, lines, stop } = reading(10);
    for (let i = 0; i < 100; i++) wire.write(Buffer.alloc(100_000, 'x'));
    wire.write('\n0123456789\n');
    await until('the lines', () => lines.length === 2);
    assert.equal(lines, ['x'.repeat(11), '0123456789']);
    stop();
  });

  test('a silence ends a line begun', async () => {
    const { wire, lines, stop } = reading(10);
    wire.write('noise');
    await until('the noise', () => lines.length === 1);
    wire.write('code\n');
    await until('the code', () => lines.length === 2);
    assert.equal(lines, ['noise', 'code']);
    stop();
  });

  test('says nothing once stopped', async () => {
    const { wire, lines, stop } = reading(10);
    wire.write('half');
    stop();
    wire.write(' whole\n');
    await new Promise(resolve => setTimeout(resolve, 120));
    assert.equal(lines, []);
  });

  test('gives the same lines however they are cut', async () => {
    const piece = fc.constantFrom('a', 'bc', '\r', '\n', '\r\n');
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 30 }), async pieces => {
        const { wire, lines, stop } = reading(100);
        for (const text of pieces) wire.write(text);
        wire.write('\nend\n');
        await until('the end', () => lines.at(-1) === 'end');
        stop();
        const expected = pieces.join('').split(/\r\n|\r|\n/);
        assert.equal(
          lines.slice(0, -1),
          expected.filter(line => line !== ''),
        );
      }),
      { numRuns: 40 },
    );
  });

  test('of a flood of lines few are told, the newest among them, and the flood once', async ({ after }) => {
    const wire = new PassThrough();
    const lines: string[] = [];
    let floods = 0;
    const stop = readLines(wire, { maxLineBytes: 10, flooded: () => floods++ }, line => lines.push(line));
    after(stop);
    for (let i = 0; i < 32; i++) wire.write('a\n'.repeat(16 * 1024));
    wire.write('newest\n');
    await until('the newest line', () => lines.includes('newest'));
    assert.ok(lines.length < 50_000, `${lines.length} lines of half a million`);
    assert.is(floods, 1);
  });
});
