/** Camera frames: what is drawn can be read back, effect by effect and as a bus camera sees it. */
import * as assert from 'uvu/assert';
import { equalBytes } from '../../../device/core/bytes.ts';
import { createAuthority } from '../../../sim/media/authority.ts';
import { renderFrame } from '../../../sim/media/frame.ts';
import { type FrameOptions, randomFrameOptions } from '../../../sim/media/frame-options.ts';
import { createPhone } from '../../../sim/media/phone.ts';
import { createRandom } from '../../../sim/media/random.ts';
import { suite } from '../../harness.ts';
import { decodeWithJsqr, zxingDecoder } from './decoders.ts';

const code = createRandom(42).bytes(364);

suite('frame', test => {
  test('shows a ride code that two decoders read back to the byte', async () => {
    const phone = createPhone({ issuer: createAuthority().issue(), ownField: new Uint8Array(32) });
    const shown = phone.showCode({ at: Date.UTC(2022, 4, 23) });
    const frame = renderFrame([shown]);
    assert.is(frame.grey.length, 640 * 480);
    const decode = await zxingDecoder();
    assert.equal(decode(frame), [shown]);
    assert.equal(decodeWithJsqr(frame), [shown]);
  });

  const effects: Record<string, Partial<FrameOptions>> = {
    'the larger camera': { width: 800, height: 600 },
    'more error correction': { errorCorrection: 'Q' },
    'a quarter turn': { rotationDeg: 90 },
    'upside down': { rotationDeg: 180 },
    'a tilted phone': { tiltXDeg: 20, tiltYDeg: -15 },
    'off the middle': { codeHeight: 0.7, offsetX: 0.15, offsetY: -0.08 },
    'a soft lens': { blurPixels: 1.2 },
    'a noisy sensor': { noise: 12 },
    'light from one side': { darkestLight: 0.3, lightDirectionDeg: 200 },
    'a pale screen': { contrast: 0.4 },
    moiré: { moire: 15, moirePeriodPixels: 7 },
    "a lamp's reflection": { glare: 0.15 },
  };
  for (const [name, options] of Object.entries(effects)) {
    test(`can be read with ${name}`, async () => {
      const decode = await zxingDecoder();
      const frame = renderFrame([code], options);
      assert.equal(decode(frame), [code]);
      if (
        Object.keys(options).some(key => key !== 'errorCorrection' && key !== 'width' && key !== 'height')
      ) {
        assert.not.equal(frame.grey, renderFrame([code]).grey, 'the option changes the picture');
      }
    });
  }

  test('a large reflection washes the code out, and is white in its middle', async () => {
    const frame = renderFrame([code], { glare: 0.4, glareX: 0, glareY: 0 });
    assert.is(frame.grey[240 * 640 + 320], 255);
    assert.equal((await zxingDecoder())(frame), []);
  });

  test('shows two codes side by side', async () => {
    const other = createRandom(43).bytes(332);
    const frame = renderFrame([code, other], { width: 800, height: 600, codeHeight: 0.55 });
    const found = (await zxingDecoder(2))(frame);
    assert.is(found.length, 2);
    assert.ok(found.some(bytes => equalBytes(bytes, code)));
    assert.ok(found.some(bytes => equalBytes(bytes, other)));
  });

  test('shows a scene with texture and no code', async () => {
    const frame = renderFrame([]);
    assert.equal((await zxingDecoder())(frame), []);
    const [darkest = 0, ...lighter] = new Set(frame.grey.toSorted());
    assert.ok((lighter.at(-1) ?? 0) - darkest > 50);
  });

  test('comes out the same for the same options, and differs by seed', () => {
    const options = { noise: 5, width: 320, height: 240 };
    assert.equal(renderFrame([code], options), renderFrame([code], options));
    assert.not.equal(renderFrame([code], { ...options, seed: 2 }), renderFrame([code], options));
  });

  test('is mostly readable as a bus camera sees it, and not always', async () => {
    const decode = await zxingDecoder();
    const readable = Array.from({ length: 40 }, (_, seed) => {
      const random = createRandom(seed + 99_991);
      const payload = random.bytes(Math.floor(random.between(350, 421)));
      const [found] = decode(renderFrame([payload], randomFrameOptions(seed)));
      return found !== undefined && equalBytes(found, payload);
    }).filter(Boolean).length;
    assert.ok(readable >= 36 && readable < 40, `${readable} of 40`);
  });

  test('refuses more than a symbol holds', () => {
    assert.throws(() => renderFrame([new Uint8Array(3000)]), /amount of data is too big/);
  });
});
