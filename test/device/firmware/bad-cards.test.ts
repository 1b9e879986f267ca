/** Cards that misbehave at every step: refused, or asked for again, and the next card rides. */
import { once } from 'node:events';
import { connect } from 'node:net';
import * as assert from 'uvu/assert';
import { type CardFaultName, cardFaults, leavesAfter, slowBy } from '../../../sim/wires/card-faults.ts';
import { suite, until } from '../../harness.ts';
import { type Stand, startStand, strictCardMs, strictWithCards } from './stand.ts';

/** As testers know them, but too slow for this stand. */
const faults = { ...cardFaults, slow: () => slowBy(strictCardMs + 100) };
/** Those of a purchase need a validator that debits (paying.test.ts). */
const names = (Object.keys(faults) as CardFaultName[]).filter(name => !name.endsWith('-debit'));

async function nextCardRides(stand: Stand, after: string): Promise<void> {
  const from = stand.log.length;
  const next = await stand.post.insert(stand.crowd.tUnion('green'), []);
  // The last of a hundred strangers may still be refused before it.
  await until(`${after}: the next card rides`, () =>
    stand.log.slice(from).some(({ event, verdict }) => event === 'tap' && verdict === 'pass'),
  );
  await next.remove();
}

suite('bad cards', test => {
  const shared = test.shared(context => startStand(context, strictWithCards));

  for (const medium of ['tUnion', 'bmac'] as const) {
    test(`${medium}: every fault, and the next card rides`, async () => {
      const stand = await shared();
      for (const name of names) {
        const rows = stand.rows().length;
        const outcome = await stand.tap(stand.crowd[medium]('green'), faults[name]());
        const isStranger = name === 'wrong-status-word';
        await stand.shows('passenger', isStranger ? '无效卡' : '请重新刷卡');
        if (name.startsWith('leaves')) {
          assert.is(outcome.event, 'card-lost', name);
          assert.is(stand.rows().length, rows, `${name}: nothing is journaled`);
          await stand.shows('crew', 'light amber', '请重新刷卡');
        } else {
          const reason = isStranger ? 'unsupported' : 'unreadable';
          assert.equal([outcome.verdict, outcome.reason], ['invalid', reason], name);
          assert.match(String(outcome.why), isStranger ? /6F00/ : /^unreadable: ./);
          assert.equal([stand.rows().at(-1)?.fare_taken, stand.rows().at(-1)?.token], [0, null], name);
        }
        await nextCardRides(stand, name);
      }
    });
  }

  test('a card that leaves after any number of answers is no ride, and rides when it comes back', async () => {
    const stand = await shared();
    const before = stand.rows().length;
    const card = stand.crowd.tUnion('green');
    for (let answers = 0; answers < 6; answers++) {
      assert.is((await stand.tap(card, leavesAfter(answers))).event, 'card-lost', `after ${answers}`);
    }
    assert.is(stand.rows().length, before);
    assert.is((await stand.tap(card)).verdict, 'pass');
  });

  test('strangers on the card port: a web browser, one that says nothing, a hundred at once', async context => {
    const stand = await shared();
    const knock = async (words: string) => {
      const socket = connect({ host: '127.0.0.1', port: stand.post.cardPort });
      context.after(() => socket.destroy());
      socket.on('error', () => {}).resume();
      await once(socket, 'connect');
      socket.write(words);
      return socket;
    };
    for (const words of ['GET / HTTP/1.1\r\n\r\n', '', '\0\0', '\0\x05half']) {
      assert.is((await stand.present(() => knock(words))).reason, 'unreadable', words);
      await nextCardRides(stand, words);
    }
    const crowd = await Promise.all(Array.from({ length: 100 }, () => knock('\0\x02hi')));
    await until('all are sent away', () => crowd.every(socket => socket.destroyed || socket.readableEnded));
    for (const socket of crowd) socket.destroy();
    await nextCardRides(stand, 'a hundred at once');
  });
});
