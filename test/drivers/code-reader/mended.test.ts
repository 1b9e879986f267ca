/** Finder patterns found, and hurt ones mended. */
import * as assert from 'uvu/assert';
import { darkMapOf } from '../../../drivers/code-reader/dark-map.ts';
import { findFinderPatterns } from '../../../drivers/code-reader/finder-patterns.ts';
import { mended } from '../../../drivers/code-reader/mended.ts';
import { openEngine } from '../../../drivers/code-reader/open-engine.ts';
import { renderFrame } from '../../../sim/media/frame.ts';
import { suite } from '../../harness.ts';
import { blankFrame, codeFrame, noiseFrame } from './frames.ts';

/** 41 modules and a quiet zone of 4: 9 pixels to a module in a picture of 640 × 480, from x = 320 − 184.5, y = 240 − 184.5. */
const code = Uint8Array.from({ length: 100 }, (_, i) => 255 - i);
const finder = { left: 320 - 17 * 9, right: 320 + 17 * 9, top: 240 - 17 * 9, bottom: 240 + 17 * 9 };

/** The code with one finder pattern and the light around it covered. */
function covered(x: number, y: number) {
  const frame = codeFrame(code);
  for (let py = y - 45; py < y + 45; py++)
    frame.grey.fill(140, py * frame.width + x - 45, py * frame.width + x + 45);
  return frame;
}

suite('finder patterns', test => {
  test('the three of a symbol are the best of all that are found', () => {
    const found = findFinderPatterns(darkMapOf(codeFrame(code))).slice(0, 3);
    const isThere = (x: number, y: number) =>
      found.some(at => Math.hypot(at.x - x, at.y - y) < 5 && Math.abs(at.module - 9) < 1);
    assert.ok(isThere(finder.left, finder.top));
    assert.ok(isThere(finder.right, finder.top));
    assert.ok(isThere(finder.left, finder.bottom));
  });

  test('of a symbol that is turned, too', () => {
    for (const rotationDeg of [20, 45, 160]) {
      const found = findFinderPatterns(darkMapOf(renderFrame([code], { rotationDeg, blurPixels: 0.5 })));
      assert.ok(found.length >= 3, `${rotationDeg} degrees`);
    }
  });

  test('none in pictures of one shade, and in tiny ones', () => {
    const frames = [
      blankFrame(0),
      blankFrame(255),
      blankFrame(7, 1, 1),
      blankFrame(7, 3, 480),
      blankFrame(7, 640, 2),
    ];
    for (const frame of frames) assert.equal(findFinderPatterns(darkMapOf(frame)), []);
  });
});

suite('mended', test => {
  for (const [where, x, y] of [
    ['top left', finder.left, finder.top],
    ['top right', finder.right, finder.top],
    ['bottom left', finder.left, finder.bottom],
  ] as const) {
    test(`a code whose finder pattern at the ${where} is wholly covered is read`, async () => {
      const { engine } = await openEngine('zxing');
      const frame = covered(x, y);
      assert.equal(engine.decode(frame, 'fast'), []);
      assert.equal(engine.decode(frame, 'thorough'), [code]);
    });
  }

  test('a code that is turned', async () => {
    const { engine } = await openEngine('zxing');
    for (const rotationDeg of [10, 30, 60, 100]) {
      const frame = renderFrame([code], { rotationDeg, blurPixels: 0.5 });
      const angle = ((rotationDeg + 225) * Math.PI) / 180;
      const away = 17 * Math.SQRT2 * ((480 * 0.8) / 49);
      const [x, y] = [Math.round(320 + away * Math.cos(angle)), Math.round(240 + away * Math.sin(angle))];
      for (let py = y - 26; py < y + 26; py++) frame.grey.fill(140, py * 640 + x - 26, py * 640 + x + 26);
      assert.equal(engine.decode(frame, 'fast'), [], `${rotationDeg} degrees`);
      assert.equal(engine.decode(frame, 'thorough'), [code], `${rotationDeg} degrees`);
    }
  });

  test('pictures without finder patterns stay as they are, and not much comes of noise', () => {
    for (const frame of [blankFrame(), renderFrame([]), blankFrame(9, 1, 1)])
      assert.equal([...mended(frame)], [frame]);
    assert.ok([...mended(noiseFrame())].length <= 2);
  });

  test('the picture itself stays as it is', () => {
    const frame = covered(finder.left, finder.top);
    const before = Uint8Array.from(frame.grey);
    assert.ok([...mended(frame)].length > 0);
    assert.equal(frame.grey, before);
  });
});
