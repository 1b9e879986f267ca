import * as assert from 'uvu/assert';
import { type Trial, tryInTurn } from '../../../device/console/try-in-turn.ts';
import { suite } from '../../harness.ts';

/** Trials of a board that is taken at some times, in the tests' hands. */
function stand(takenUntilMs: number, abortAtMs = Number.POSITIVE_INFINITY) {
  const happened: string[] = [];
  const stop = new AbortController();
  let nowMs = 0;
  const wait = async (ms: number, signal: AbortSignal) => {
    nowMs += ms;
    if (nowMs >= abortAtMs) stop.abort();
    return !signal.aborted;
  };
  const trial = (name: string): Trial => ({
    name,
    ms: 1000,
    start() {
      if (nowMs < takenUntilMs) return undefined;
      happened.push(`${nowMs} ${name}`);
      return () => happened.push(`${nowMs} end of ${name}`);
    },
  });
  return { happened, run: () => tryInTurn([trial('a'), trial('b')], stop.signal, wait) };
}

suite('trials in turn', test => {
  test('each has its time, and the last is ended', async () => {
    const { happened, run } = stand(0);
    assert.equal(await run(), { tried: ['a', 'b'], isCut: false });
    assert.equal(happened, ['0 a', '1000 b', '2000 end of b']);
  });

  test('they wait while a passenger is told something, and not for ever', async () => {
    const soon = stand(2000);
    assert.equal(await soon.run(), { tried: ['a', 'b'], isCut: false });
    assert.is(soon.happened[0], '2000 a');
    assert.equal(await stand(Number.POSITIVE_INFINITY).run(), { tried: [], isCut: true });
  });

  test('Ctrl-C ends what is shown, and a wait', async () => {
    const shown = stand(0, 1500);
    assert.equal(await shown.run(), { tried: ['a', 'b'], isCut: true });
    assert.is(shown.happened.at(-1), '2000 end of b');
    assert.equal(await stand(10_000, 500).run(), { tried: [], isCut: true });
  });
});
