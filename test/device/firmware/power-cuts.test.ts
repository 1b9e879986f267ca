/** kill -9 at random moments while passengers tap: the journal has every tap that was shown, no gap, no repeat. */
import * as assert from 'uvu/assert';
import { renderFrame } from '../../../sim/media/frame.ts';
import { suite, until } from '../../harness.ts';
import { keepTapping } from './keep-tapping.ts';
import { startStand } from './stand.ts';

const rounds = 6;
/** The supervisor's pause. */
const restartMs = 500;

suite('power cuts', test => {
  test('every tap whose notice was seen is in the journal, numbered without gap or repeat', async context => {
    const stand = await startStand(context);
    const seen: string[] = [];
    for (let round = 0; round < rounds; round++) {
      const before = seen.length;
      const tapping = keepTapping(stand, seen);
      await until('two notices', () => seen.length >= before + 2);
      await new Promise(resolve => setTimeout(resolve, 50 + Math.random() * 400));
      await stand.cutPower();
      await tapping.stop();
      await stand.ready();
      const rows = stand.rows();
      assert.equal(
        rows.map(({ seq }) => seq),
        rows.map((_, i) => i + 1),
      );
      const journaled = new Set(rows.map(({ token }) => token && Buffer.from(token).toString('hex')));
      assert.equal(
        seen.filter(token => !journaled.has(token)),
        [],
        'seen, but not journaled',
      );
    }
    assert.ok(seen.length > rounds, `${seen.length} notices were seen`);
    assert.is((await stand.tap(stand.crowd.tUnion('green'))).seq, stand.rows().length);
  });

  test('cut while starting, again and again: it comes up', async context => {
    const stand = await startStand(context, { camera: true });
    for (const startingMs of [20, 100, 250, 400]) {
      await stand.cutPower();
      await new Promise(resolve => setTimeout(resolve, restartMs + startingMs));
    }
    await stand.cutPower();
    await stand.ready();
    assert.is((await stand.show(renderFrame([stand.crowd.code('green')]))).verdict, 'pass');
  });
});
