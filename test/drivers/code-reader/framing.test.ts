/** Frames in bytes of which some were lost or added: each whole frame with a ride code is found, in whatever pieces it comes. */
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { splitFrames } from '../../../drivers/code-reader/framing.ts';
import { suite } from '../../harness.ts';
import { eciOf, hexOf, rideCode, utf8Of } from './sample-codes.ts';

function frame(content: Uint8Array | string): Buffer {
  const bytes = Buffer.from(content as string);
  return Buffer.concat([Buffer.from([3, bytes.length >> 8, bytes.length & 0xff]), bytes]);
}

/** @param cuts where the bytes come apart */
function framesIn(bytes: Buffer, cuts: readonly number[] = []) {
  const frames: string[] = [];
  const ends = [...cuts.filter(at => at < bytes.length).sort((a, b) => a - b), bytes.length];
  let framed = splitFrames(Buffer.alloc(0));
  let from = 0;
  for (const end of ends) {
    framed = splitFrames(Buffer.concat([framed.rest, bytes.subarray(from, end)]), framed.told);
    frames.push(...framed.frames.map(hexOf));
    from = end;
    assert.ok(framed.rest.length <= 2 * (3 + 4096), 'what is kept has an end');
  }
  return { frames, begun: framed.begun.map(hexOf) };
}

const bytewise = (bytes: Buffer) => Array.from(bytes.keys());
const [first, second, third] = [rideCode(), rideCode(), rideCode()];

suite('framing', test => {
  const made: Readonly<Record<string, (code: Uint8Array) => Uint8Array | string>> = {
    'as they are': code => code,
    'in hex': hexOf,
    'in base64': code => Buffer.from(code).toString('base64'),
    'behind identifiers': code => Buffer.concat([Buffer.from(']Q1\\000003'), code]),
    'in AIM’s ECI': eciOf,
    'written as UTF-8': utf8Of,
    'with CR LF': code => Buffer.concat([code, Buffer.from('\r\n')]),
    'in hex behind a code id': code => `P01${hexOf(code)}`,
  };
  for (const [how, make] of Object.entries(made)) {
    test(`a frame cut short anywhere takes nothing of the next: codes ${how}`, () => {
      const [cut, next] = [frame(make(first)), frame(make(second))];
      for (let length = 0; length <= cut.length; length++) {
        const bytes = Buffer.concat([cut.subarray(0, length), next]);
        for (const cuts of [[], [length], [length + 1]]) {
          const { frames } = framesIn(bytes, cuts);
          assert.ok(frames.includes(hexOf(next.subarray(3))), `${length} bytes, apart at ${cuts}`);
        }
      }
    });
  }

  test('byte by byte it is the same', () => {
    for (const length of [0, 1, 2, 3, 5, 9, 100, 300, 355, 358, 360, 362, 363, 365, 366]) {
      const bytes = Buffer.concat([frame(first).subarray(0, length), frame(second), frame(third)]);
      const { frames } = framesIn(bytes, bytewise(bytes));
      assert.equal(frames.slice(-2), [second, third].map(hexOf), `${length} bytes`);
    }
  });

  test('what was cut short is told together with what cut it', () => {
    const cut = frame(first).subarray(0, 200);
    const { frames, begun } = framesIn(Buffer.concat([cut, frame(second).subarray(0, 300)]));
    assert.equal(frames, []);
    assert.equal(begun, [hexOf(first.subarray(0, 197)), hexOf(second.subarray(0, 297))]);
    assert.equal(framesIn(Buffer.concat([cut, cut, frame(second)])).frames, [
      hexOf(first.subarray(0, 197)),
      hexOf(first.subarray(0, 197)),
      hexOf(second),
    ]);
  });

  test('a frame whose last bytes are those of a header is itself, and so is the next', () => {
    for (const tail of [[3], [3, 1], [3, 3], [3, 1, 0x6c], [3, 0, 0]]) {
      const code = Uint8Array.from(first);
      code.set(tail, code.length - tail.length);
      const bytes = Buffer.concat([frame(code), frame(second), frame(code), frame('NOREAD'), frame(third)]);
      for (const cuts of [[], bytewise(bytes), [frame(code).length + 1]]) {
        const { frames } = framesIn(bytes, cuts);
        assert.equal(frames, [code, second, code, Buffer.from('NOREAD'), third].map(hexOf), `${tail}`);
      }
    }
  });

  test('noise, lost bytes and bytes too many swallow no whole frame', () => {
    const noise = fc.uint8Array({ maxLength: 40 });
    const part = fc.oneof(
      fc.record({ noise }),
      fc.record({ noise: fc.array(fc.constantFrom(0, 1, 3, 0x6c, 0x81), { maxLength: 20 }) }),
      fc.record({ cutAt: fc.integer({ min: 1, max: 366 }) }),
      fc.record({ whole: fc.constant(true) }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), fc.array(fc.nat(3000)), (parts, cuts) => {
        const whole = frame(first);
        const pieces = parts.map(one =>
          'noise' in one ? Buffer.from(one.noise) : 'cutAt' in one ? whole.subarray(0, one.cutAt) : whole,
        );
        const { frames } = framesIn(Buffer.concat([...pieces, whole]), cuts);
        const expected = parts.filter(one => 'whole' in one).length + 1;
        assert.ok(frames.filter(one => one === hexOf(first)).length >= expected);
      }),
      { numRuns: 500 },
    );
  });
});
