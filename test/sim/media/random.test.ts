/** Seeded randomness: the same each run, and spread as it says. */
import * as assert from 'uvu/assert';
import { createRandom } from '../../../sim/media/random.ts';
import { suite } from '../../harness.ts';

suite('random', test => {
  test('gives the published mulberry32 sequence', () => {
    const random = createRandom(0);
    const drawn = [random.next(), random.next(), random.next()].map(value => value * 2 ** 32);
    assert.equal(drawn, [1144304738, 1416247, 958946056]);
  });

  test('repeats for a seed and differs between seeds', () => {
    assert.equal(createRandom(5).bytes(20), createRandom(5).bytes(20));
    assert.not.equal(createRandom(5).bytes(20), createRandom(6).bytes(20));
  });

  test('has the mean and deviation of a normal distribution', () => {
    const random = createRandom(1);
    const drawn = Array.from({ length: 20_000 }, () => random.normal());
    const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length;
    const variance = drawn.reduce((sum, value) => sum + (value - mean) ** 2, 0) / drawn.length;
    assert.ok(Math.abs(mean) < 0.03);
    assert.ok(Math.abs(variance - 1) < 0.05);
  });
});
