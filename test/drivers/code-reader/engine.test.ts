/** One contract for both QR engines. */
import * as assert from 'uvu/assert';
import type { Effort, QrEngine } from '../../../drivers/code-reader/engine.ts';
import { openEngine, warmUp } from '../../../drivers/code-reader/open-engine.ts';
import { suite } from '../../harness.ts';
import { blankFrame, codeFrame, noiseFrame } from './frames.ts';
import { type HardKind, hardKinds, hardPicture } from './hard-pictures.ts';

const short = Uint8Array.from({ length: 40 }, (_, i) => 255 - i);
const other = Uint8Array.from({ length: 40 }, (_, i) => i);
const everyByte = Uint8Array.from({ length: 256 }, (_, i) => i);
const efforts: readonly Effort[] = ['fast', 'thorough'];

function testEngine(name: 'zxing' | 'jsqr'): void {
  suite(`QR engine: ${name}`, test => {
    async function opened(): Promise<QrEngine> {
      const { engine, fallback } = await openEngine(name);
      assert.is(engine.name, name);
      assert.is(fallback, undefined);
      return engine;
    }

    for (const effort of efforts) {
      test(`reads raw bytes (${effort})`, async () => {
        const engine = await opened();
        assert.equal(engine.decode(codeFrame(everyByte), effort), [everyByte]);
      });

      test(`finds nothing in blank, noisy and tiny frames (${effort})`, async () => {
        const engine = await opened();
        const frames = [
          blankFrame(0),
          blankFrame(255),
          noiseFrame(),
          blankFrame(0, 1, 1),
          blankFrame(9, 1, 480),
        ];
        for (const frame of frames) assert.equal(engine.decode(frame, effort), []);
      });

      test(`takes a code seen twice for one (${effort})`, async () => {
        const engine = await opened();
        const codes = engine.decode(codeFrame(short, short), effort);
        assert.ok(codes.length <= 1);
      });

      test(`never gives one code of two (${effort})`, async () => {
        const engine = await opened();
        assert.not(engine.decode(codeFrame(short, other), effort).length === 1);
      });
    }

    test('reads a frame above 800 x 600', async () => {
      const engine = await opened();
      const small = codeFrame(short);
      const large = blankFrame(128, 1280, 960);
      for (let y = 0; y < small.height; y++) {
        large.grey.set(small.grey.subarray(y * small.width, (y + 1) * small.width), (y + 240) * 1280 + 320);
      }
      assert.equal(engine.decode(large, 'fast'), [short]);
    });

    test('warms up', async () => {
      warmUp(await opened());
    });
  });
}

testEngine('zxing');
testEngine('jsqr');

suite('zxing engine', test => {
  test('sees that there are two codes', async () => {
    const { engine } = await openEngine('zxing');
    for (const effort of efforts) assert.is(engine.decode(codeFrame(short, other), effort).length, 2);
  });

  test('an inverted code between the shades 8 and 42', async () => {
    const { engine } = await openEngine('zxing');
    const { grey, ...size } = codeFrame(everyByte);
    const dark = { ...size, grey: grey.map(shade => Math.round(42 - (34 * (shade - 20)) / 215)) };
    assert.equal(engine.decode(dark, 'thorough'), [everyByte]);
  });

  const always: readonly HardKind[] = [
    'nearly black',
    'washed out',
    'inverted, low contrast',
    'curved',
    'fingertip on a finder pattern',
    'finder pattern overdrawn',
  ];
  for (const kind of always) {
    test(`reads what is ${kind} at a thorough look`, async () => {
      const { engine } = await openEngine('zxing');
      for (let seed = 0; seed < 5; seed++) {
        const { payload, frame } = hardPicture(kind, seed);
        assert.equal(engine.decode(frame, 'thorough'), [payload], `seed ${seed}`);
      }
    });
  }

  test('reads right or not at all, whatever is wrong with a picture', async () => {
    const { engine } = await openEngine('zxing');
    for (const kind of hardKinds) {
      const { payload, frame } = hardPicture(kind, 40);
      for (const effort of efforts) {
        for (const code of engine.decode(frame, effort)) assert.equal(code, payload, kind);
      }
    }
  });

  test('tells where a code is that only its enlarged part shows', async () => {
    const { engine } = await openEngine('zxing');
    const { frame, payload } = hardPicture('blurred', 1);
    assert.equal(engine.decode(frame, 'fast'), []);
    const [found] = engine.find(frame, 'thorough');
    assert.equal(found?.bytes, payload);
    const { left = 0, top = 0, right = 0, bottom = 0 } = found?.box ?? {};
    for (const [side, at] of Object.entries({ left, top, right: right - 157, bottom: bottom - 159 })) {
      const expected = side === 'left' || side === 'right' ? 226 : 162;
      assert.ok(Math.abs(at - expected) < 6, `${side} ${at}`);
    }
  });
});
