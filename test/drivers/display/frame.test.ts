import fc from 'fast-check';
import stringWidth from 'fast-string-width';
import * as assert from 'uvu/assert';
import type { Screen } from '../../../device/core/screen.ts';
import { frameOf } from '../../../drivers/display/frame.ts';
import { suite } from '../../harness.ts';

const esc = '\u001b';
const text = fc.record({
  zh: fc.oneof(fc.string({ unit: fc.constantFrom(...'请出示健康宝，AB 12') }), fc.string({ unit: 'binary' })),
  en: fc.string({ unit: 'grapheme' }),
});
const screens: fc.Arbitrary<Screen> = fc.record({
  light: fc.constantFrom('off' as const, 'green' as const, 'amber' as const, 'red' as const),
  tone: fc.constantFrom('none' as const, 'one' as const, 'three' as const, 'long' as const),
  headline: text,
  details: fc.array(text, { maxLength: 15 }),
});

/** The rows of a frame without its own sequences. */
function rowsOf(frame: string): string[] {
  const own = new RegExp(`${esc}\\[[?0-9;]*[A-Za-z]|\u0007`, 'g');
  return frame.replace(own, '').split('\r\n');
}

suite('display frame', test => {
  test('fits 24 rows of 40 columns and holds no control character of the texts, whatever they are', () => {
    fc.assert(
      fc.property(screens, screen => {
        const rows = rowsOf(frameOf(screen));
        assert.ok(rows.length <= 24, `${rows.length} rows`);
        for (const row of rows) {
          assert.ok(stringWidth(row) <= 40, row);
          assert.not.match(row, /\p{Cc}/u);
        }
      }),
    );
  });

  test('is bracketed by a synchronised update, and begins by clearing', () => {
    const frame = frameOf({ light: 'off', tone: 'none', headline: { zh: '', en: '' }, details: [] });
    assert.ok(frame.startsWith(`${esc}[?2026h`));
    assert.ok(frame.indexOf(`${esc}[2J`) < frame.indexOf('┌'));
    assert.ok(frame.endsWith(`${esc}[?2026l`));
  });

  test('sets the sign of the light in its band, and the headline in the middle of a box', () => {
    const rows = rowsOf(
      frameOf({ light: 'red', tone: 'long', headline: { zh: '请上车', en: 'Welcome' }, details: [] }),
    );
    assert.is(rows[1]?.trim(), '✗');
    assert.equal(rows.slice(2), [
      `┌${'─'.repeat(38)}┐`,
      `│${' '.repeat(16)}请上车${' '.repeat(16)}│`,
      `│${' '.repeat(15)}Welcome${' '.repeat(16)}│`,
      `└${'─'.repeat(38)}┘`,
      '♪────',
    ]);
  });
});
