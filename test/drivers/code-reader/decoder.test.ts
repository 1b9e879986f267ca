/** The decoder with its real worker thread. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mock } from 'node:test';
import { promisify } from 'node:util';
import * as assert from 'uvu/assert';
import { createDecoder, type Decoder } from '../../../drivers/code-reader/decoder.ts';
import type { GreyFrame } from '../../../drivers/code-reader/engine.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { blankFrame, codeFrame } from './frames.ts';

const code = Uint8Array.from({ length: 300 }, (_, i) => i);

const neverMs = 600_000;

suite('decoder', test => {
  async function started({ after }: TestContext, engine: 'zxing' | 'jsqr', slowMs = neverMs) {
    let ready = 0;
    const fallbacks: string[] = [];
    const faults: string[] = [];
    const decoder = createDecoder({
      engine,
      slowMs,
      limitMs: neverMs,
      events: {
        ready: () => {
          ready++;
        },
        fallback: why => fallbacks.push(why),
        fault: error => faults.push(error.message),
      },
    });
    after(decoder.close);
    await until('the worker', () => ready > 0);
    return { decoder, readyCount: () => ready, fallbacks, faults };
  }

  async function bytesIn(decoder: Decoder, frame: GreyFrame) {
    const look = await decoder.look(frame, 'fast');
    return look?.codes.map(({ bytes }) => bytes);
  }

  for (const engine of ['zxing', 'jsqr'] as const) {
    test(`decodes with ${engine}, and takes the frame`, async context => {
      const { decoder, fallbacks } = await started(context, engine);
      const frame = codeFrame(code);
      assert.equal(await bytesIn(decoder, frame), [code]);
      assert.is(frame.grey.length, 0);
      assert.equal(await bytesIn(decoder, blankFrame()), []);
      assert.equal(fallbacks, []);
    });
  }

  test('copies a frame that is a view into a larger buffer', async context => {
    const { decoder } = await started(context, 'zxing');
    const { width, height, grey } = codeFrame(code);
    const larger = new Uint8Array(grey.length + 1);
    larger.set(grey);
    assert.equal(await bytesIn(decoder, { width, height, grey: larger.subarray(0, -1) }), [code]);
    assert.is(larger.length, grey.length + 1);
  });

  test('starts the worker again when a frame kills it', async context => {
    const { decoder, readyCount, faults } = await started(context, 'zxing');
    const killer = { width: 640, height: 480, grey: new Uint8Array(4) };
    await Promise.all([decoder.look(killer, 'fast'), decoder.look(codeFrame(code), 'fast')]);
    await until('the fault', () => faults.length > 0);
    await until('the new worker', () => readyCount() > 1);
    assert.equal(await bytesIn(decoder, codeFrame(code)), [code]);
  });

  test('a frame that takes too long is a fault until it is answered', async context => {
    const { decoder, readyCount, faults } = await started(context, 'jsqr', 20);
    const grey = randomBytes(640 * 480);
    const answer = decoder.look({ width: 640, height: 480, grey }, 'thorough');
    await until('the fault', () => faults.length > 0);
    assert.equal(faults, ['no answer for 20 ms']);
    await answer;
    assert.is(readyCount(), 2);
  });

  test('a worker may take as long as it needs to start, though a frame waits', async ({ after }) => {
    const limitMs = 60_000;
    mock.timers.enable({ apis: ['setTimeout'] });
    after(() => mock.timers.reset());
    const events = { ready: () => {}, fallback: () => {}, fault: () => {} };
    const decoder = createDecoder({ engine: 'zxing', slowMs: limitMs, limitMs, events });
    after(decoder.close);
    const answer = bytesIn(decoder, codeFrame(code));
    mock.timers.tick(limitMs);
    mock.timers.reset();
    assert.equal(await answer, [code]);
  });

  test('closes with a frame under way', async context => {
    const { decoder, faults } = await started(context, 'jsqr');
    const underWay = decoder.look(codeFrame(code), 'thorough');
    await decoder.close();
    assert.is(await underWay, undefined);
    assert.is(await decoder.look(codeFrame(code), 'fast'), undefined);
    assert.equal(faults, []);
  });

  test('falls back to jsQR where there is no WebAssembly', async () => {
    const program = `
      delete globalThis.WebAssembly;
      const { openEngine } = await import(process.argv[1]);
      const { engine, fallback } = await openEngine('zxing');
      process.stdout.write(engine.name + ' ' + fallback);`;
    const modulePath = new URL('../../../drivers/code-reader/open-engine.js', import.meta.url).href;
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program, modulePath]);
    assert.match(stdout, /^jsqr no WebAssembly decoder: /);
  });
});
