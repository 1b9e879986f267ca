import { duplexPair } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { stop as command } from '../../../device/console/commands/stop.ts';
import type { ConsoleContext } from '../../../device/console/context.ts';
import { startSession } from '../../../device/console/session.ts';
import type { LineStops } from '../../../device/core/line-place.ts';
import type { Position } from '../../../device/core/stop.ts';
import { createWhereabouts } from '../../../device/time-and-place/whereabouts.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { twoSided } from '../core/driven-line.ts';
import { ask } from './ask.ts';
import { keepLog } from './kept-log.ts';

const nothing = () => {};

async function stand({ after }: TestContext, given?: LineStops) {
  const line = given ?? (await twoSided('2'));
  const logged: string[] = [];
  const info = (event: string, fields?: object) => void logged.push(`${event} ${JSON.stringify(fields)}`);
  const whereabouts = createWhereabouts(() => line, { debug: nothing, info, warn: nothing, error: nothing });
  after(whereabouts.close);
  const config = { device: 'bus-1-front', line: '2', gnss: {}, doorContact: {} };
  const context = { config, whereabouts, flooded: nothing, log: keepLog() } as unknown as ConsoleContext;
  return {
    context,
    whereabouts,
    logged,
    ask: (...words: string[]) => ask(command, context, words),
    isAt(position: Position | undefined) {
      whereabouts.hear({ time: undefined, receivedAt: performance.now(), position });
    },
  };
}

suite('console: stop', test => {
  test('where the bus is, how that is known, where it goes', async context => {
    const { out } = await twoSided('2');
    const { ask, isAt, whereabouts } = await stand(context);
    assert.match(await ask(), /stop +not known: no position\nknown by +nobody\ntowards +not known\n/);
    isAt(out[3]?.position);
    isAt(out[4]?.position);
    assert.match(
      await ask(),
      /stop +2-05 .*0 m away\nknown by +GNSS\ntowards +2-10 .*\nnext +2-06 .*\ndoor +not known/,
    );
    whereabouts.hearDoor('open');
    assert.match(await ask(), /door +open/);
  });

  test('the crew sets it: by its id, the next one, and back to the receiver; each is logged', async context => {
    const { out } = await twoSided('2');
    const { ask, isAt, whereabouts, logged } = await stand(context);
    isAt(out[0]?.position);
    assert.match(await ask('2-07'), /stop +2-07 .* m away, set by the crew\nknown by +the crew/);
    assert.match(await ask('next'), /stop +2-08 /);
    isAt(out[0]?.position);
    assert.is(whereabouts.stop()?.id, '2-08');
    assert.match(await ask('auto'), /stop +2-01 .*\nknown by +GNSS/);
    assert.equal(logged, [
      'stop-set {"stop":"2-07","before":"2-01"}',
      'stop-set {"stop":"2-08","before":"2-07"}',
      'stop-auto {"before":"2-08"}',
    ]);
  });

  test('what cannot be set is said, and changes nothing', async context => {
    const { ask, whereabouts } = await stand(context);
    assert.match(await ask('next'), /which stop comes next is not known/);
    assert.match(await ask('9-99'), /no such stop. The line has 2-01, 2-02/);
    assert.match(await ask('2-01', '2-02'), /no such stop/);
    assert.match(await ask('auto', 'next'), /no such stop/);
    assert.is(whereabouts.stop(), undefined);
    const empty = await stand(context, { stops: [], route: undefined });
    for (const words of [[], ['next'], ['2-01']])
      assert.match(await empty.ask(...words), /no stops of this line yet/);
  });

  test('ids as GTFS allows them: with spaces, and in Chinese', async context => {
    const line = await twoSided('2');
    const ids = ['东直门 外:1', 'B\u3000 2', 'auto 1'];
    const stops = line.stops.slice(0, 3).map((stop, i) => ({ ...stop, id: ids[i] ?? '' }));
    const { ask, context: given } = await stand(context, { stops, route: undefined });
    assert.match(await ask('东直门', '外:1'), /stop +东直门 外:1 /);
    assert.match(await ask('auto', '1'), /stop +auto 1 /);
    const [far, near] = duplexPair();
    startSession(near, given);
    context.after(() => far.destroy());
    let output = '';
    far.on('data', chunk => {
      output += chunk;
    });
    far.write('stop B 2\r');
    await until('the stop was set by the words of its id', () => /stop +B\u3000 2 /.test(output));
    for (const key of 'stop auto 1\x7f\t\r') {
      far.write(key);
      await sleep(20);
    }
    await until('the id was completed', () => /stop +auto 1 /.test(output));
  });

  test('the Tab key: the command, then the line’s stops', async context => {
    const { context: given } = await stand(context);
    const [far, near] = duplexPair();
    startSession(near, given);
    let output = '';
    far.setEncoding('utf8');
    far.on('data', chunk => {
      output += chunk;
    });
    context.after(() => far.destroy());
    /** Key by key: a Tab in what is pasted is a Tab. */
    const typed = async (text: string, expected: RegExp) => {
      for (const key of text) {
        far.write(key);
        await sleep(20);
      }
      return until(String(expected), () => expected.test(output));
    };
    await typed('sto\t2-0\t\t', /2-01 [\s\S]*2-01b/);
    await typed('7b\t\r', /stop +2-07b .*set by the crew/);
    await typed('stop ne\t\r', /stop +2-06b /);
    await typed('stop 2-06 \t\t\x03stop au\t\r', /known by +nobody/);
  });
});
