/** One contract for both QR engines. */
import * as assert from 'uvu/assert';
import type { Effort, QrEngine } from '../../../drivers/code-reader/engine.ts';
import { openEngine, warmUp } from '../../../drivers/code-reader/open-engine.ts';
import { suite } from '../../harness.ts';
import { blankFrame, codeFrame, noiseFrame } from './frames.ts';

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
});
