import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { createFrameDecoder, encodeFrame } from '../../../drivers/card-reader/vpcd-frames.ts';
import { suite } from '../../harness.ts';

suite('vpcd frames', test => {
  test('come out the same however the stream is cut', () => {
    const bodies = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 });
    const cuts = fc.array(fc.nat({ max: 2500 }), { maxLength: 20 });
    fc.assert(
      fc.property(bodies, cuts, (sent, cutsAt) => {
        const stream = Buffer.concat(sent.map(encodeFrame));
        const decoder = createFrameDecoder(300);
        const edges = [0, ...cutsAt.filter(cut => cut < stream.length).sort((a, b) => a - b), stream.length];
        const received = edges.flatMap((edge, i) => decoder.push(stream.subarray(edges[i - 1] ?? 0, edge)));
        assert.equal(received.map(hex), sent.map(hex));
        assert.is(decoder.state, 'between-frames');
      }),
    );
  });

  test('are a big-endian length and the body', () => {
    assert.is(hex(encodeFrame(Uint8Array.of(4))), '000104');
    assert.is(hex(encodeFrame(new Uint8Array(0x0102)).subarray(0, 2)), '0102');
    assert.throws(() => encodeFrame(new Uint8Array(0x10000)), RangeError);
  });

  test('tell an unfinished frame from none', () => {
    const decoder = createFrameDecoder(10);
    assert.is(decoder.state, 'between-frames');
    decoder.push(Uint8Array.of(0));
    assert.is(decoder.state, 'in-frame');
    assert.equal(decoder.push(Uint8Array.of(1, 7)).map(hex), ['07']);
    assert.is(decoder.state, 'between-frames');
  });

  test('give nothing more after one over the limit', () => {
    const decoder = createFrameDecoder(3);
    assert.equal(decoder.push(Buffer.from('0003aabbcc0004', 'hex')).map(hex), ['aabbcc']);
    assert.is(decoder.state, 'too-long');
    assert.equal(decoder.push(Buffer.from('0001ff', 'hex')), []);
    assert.is(decoder.state, 'too-long');
  });
});

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
