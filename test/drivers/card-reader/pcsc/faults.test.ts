import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { createPcscReader } from '../../../../drivers/card-reader/pcsc/pcsc.ts';
import { type Pcscd, startPcscd } from '../../../../sim/wires/pcscd.ts';
import { type CardFault, insertCard } from '../../../../sim/wires/vpcd-card.ts';
import { echoCard } from '../../../contract/card-reader-stand.ts';
import { suite, type TestContext, until } from '../../../harness.ts';
import { childrenOf } from '../children.ts';
import { openAndSee } from '../seen-events.ts';
import { withBinding } from './bindings.ts';
import { pcscdNeeded } from './pcscd-needed.ts';

const host = '127.0.0.1';
/** No busy machine reaches them. */
const limits = { apduTimeoutMs: 600_000, heartbeatTimeoutMs: 600_000 };
/** For a process that is to reach it; on a busy machine others may too, and are started again. */
const strictHeartbeatMs = 3000;
const command = Uint8Array.of(0x00, 0xb0, 0x95, 0x00, 0x02);

function open(context: TestContext, socket: string, reader?: string, changed: Partial<typeof limits> = {}) {
  const pcsc = createPcscReader({ name: 'card', reader, ...limits, ...changed, socket });
  context.after(() => pcsc.close());
  return { reader: pcsc, ...openAndSee(pcsc) };
}

async function tap(pcscd: Pcscd, seen: ReturnType<typeof open>, ...faults: CardFault[]): Promise<void> {
  const nth = seen.cards.length + 1;
  const held = await insertCard({ host, port: pcscd.ports[0] ?? 0, card: echoCard, faults });
  await seen.nth('inserted', nth);
  assert.equal([...((await seen.cards[nth - 1]?.transmit(command)) ?? [])], [0x02, 0x90, 0x00]);
  await held.remove();
  await sleep(600);
}

/** Answers so many times with its ATR, then leaves. */
function leavesAfterAtrs(atrs: number): CardFault {
  let left = atrs;
  return (question, beneath) => (question.ask === 'atr' && left-- <= 0 ? 'close' : beneath());
}

suite('pcsc reader and what can go wrong with it', test => {
  test.needing(
    pcscdNeeded,
    'is absent before pcscd, works with it, dies with it under load, comes back with it',
    async context => {
      const pcscd = await startPcscd(['Virtual PCD']);
      context.after(() => pcscd.close());
      await pcscd.kill();
      const seen = open(context, pcscd.socket);
      await seen.nth('fault', 1);
      assert.match(seen.faults[0]?.message ?? '', /pcscd does not answer/);
      await sleep(1500);
      assert.equal(seen.log, ['fault']);
      await pcscd.start();
      await seen.nth('ready', 1);
      for (let round = 1; round <= 2; round++) {
        await tap(pcscd, seen);
        await insertCard({ host, port: pcscd.ports[0] ?? 0, card: echoCard });
        await seen.nth('inserted', 2 * round);
        const card = seen.cards[2 * round - 1];
        const load = (async () => {
          while (true) await card?.transmit(command);
        })().catch((error: unknown) => Object(error).kind);
        await sleep(100);
        await pcscd.kill();
        assert.ok(['medium-lost', 'disconnected', 'protocol'].includes(await load), String(await load));
        await seen.nth('removed', 2 * round);
        await seen.nth('fault', round + 1);
        await pcscd.start();
        await seen.nth('ready', round + 1);
      }
      await tap(pcscd, seen);
      assert.is(seen.faults.length, 3);
    },
  );

  test.needing(
    pcscdNeeded,
    'unplugged: a fault that names the readers there are; back: ready',
    async context => {
      const pcscd = await startPcscd(['Front Door', 'Rear Door']);
      context.after(() => pcscd.close());
      const seen = open(context, pcscd.socket, 'front door');
      await seen.nth('ready', 1);
      await tap(pcscd, seen);
      pcscd.plugIn(['Rear Door']);
      await pcscd.kill();
      await pcscd.start();
      await seen.nth('fault', 1);
      await sleep(2000);
      pcscd.plugIn(['Front Door', 'Rear Door']);
      await pcscd.kill();
      await pcscd.start();
      await seen.nth('ready', 2);
      await tap(pcscd, seen);
      const stranger = open(context, pcscd.socket, 'ACR122U');
      await stranger.nth('fault', 1);
      assert.match(
        stranger.faults[0]?.message ?? '',
        /no reader is called ACR122U; there are: .*Rear Door 00 00/,
      );
    },
  );

  test.needing(
    pcscdNeeded,
    'of two slots the contactless one is used; a card in the other is no tap',
    async context => {
      const pcscd = await startPcscd(['Dual ICC', 'Dual PICC']);
      context.after(() => pcscd.close());
      const seen = open(context, pcscd.socket);
      await seen.nth('ready', 1);
      const [contact = 0, contactless = 0] = pcscd.ports;
      await insertCard({ host, port: contact, card: echoCard });
      const held = await insertCard({ host, port: contactless, card: echoCard });
      await seen.nth('inserted', 1);
      await held.remove();
      await seen.nth('removed', 1);
      assert.equal(seen.log, ['ready', 'inserted', 'removed']);
    },
  );

  test.needing(
    pcscdNeeded,
    'a reader that is not there is looked for anew by another process, without being told again',
    async context => {
      const pcscd = await startPcscd([]);
      context.after(() => pcscd.close());
      const seen = open(context, pcscd.socket);
      await seen.nth('fault', 1);
      const lookers = () => childrenOf(process.pid).filter(pid => pid !== pcscd.pid);
      const [first] = lookers();
      await until('another process', () => lookers().some(pid => pid !== first), 30_000);
      assert.equal(seen.log, ['fault']);
    },
  );

  test.needing(
    pcscdNeeded,
    'a card that leaves at any moment of its power-up: told or never seen, and the next works',
    async context => {
      const pcscd = await startPcscd(['Virtual PCD']);
      context.after(() => pcscd.close());
      const seen = open(context, pcscd.socket);
      await seen.nth('ready', 1);
      for (let atrs = 0; atrs < 5; atrs++) {
        const held = await insertCard({
          host,
          port: pcscd.ports[0] ?? 0,
          card: echoCard,
          faults: [leavesAfterAtrs(atrs)],
        });
        await Promise.race([held.removed, sleep(1500)]);
        await held.remove();
        await sleep(900);
        assert.is(
          seen.log.filter(told => told === 'inserted').length,
          seen.log.filter(told => told === 'removed').length,
        );
      }
      await tap(pcscd, seen);
      assert.equal(seen.faults, []);
    },
  );

  test.needing(
    pcscdNeeded,
    'a card that goes and comes back at once, many times, is read every time it is told',
    async context => {
      const pcscd = await startPcscd(['Virtual PCD']);
      context.after(() => pcscd.close());
      const seen = open(context, pcscd.socket);
      await seen.nth('ready', 1);
      const port = pcscd.ports[0] ?? 0;
      let held = await insertCard({ host, port, card: echoCard });
      for (let times = 0; times < 20; times++) {
        await sleep(times * 23);
        await held.remove();
        held = await insertCard({ host, port, card: echoCard });
      }
      await held.remove();
      await sleep(900);
      await tap(pcscd, seen);
      assert.equal(seen.faults, []);
    },
  );

  test.needing(
    pcscdNeeded,
    'a pcscd that is stopped holds nobody up for longer than the reader’s process may be silent',
    async context => {
      const pcscd = await startPcscd(['Virtual PCD']);
      context.after(() => pcscd.close());
      process.kill(pcscd.pid ?? 0, 'SIGSTOP');
      const seen = open(context, pcscd.socket, undefined, { heartbeatTimeoutMs: strictHeartbeatMs });
      await seen.nth('fault', 1);
      assert.is(seen.faults[0]?.kind, 'timeout');
      process.kill(pcscd.pid ?? 0, 'SIGCONT');
      await seen.nth('ready', 1);
      await tap(pcscd, seen);
    },
  );

  test.needing(
    pcscdNeeded,
    'lights of a reader that takes no such commands: no harm to any card',
    async context => {
      const pcscd = await startPcscd(['ACS ACR122U PICC Interface']);
      context.after(() => pcscd.close());
      const seen = open(context, pcscd.socket, 'ACR122U');
      await seen.nth('ready', 1);
      for (let times = 0; times < 3; times++) {
        const shining = setInterval(() => void seen.reader.indicate?.('green', 'three'), 20);
        context.after(() => clearInterval(shining));
        await tap(pcscd, seen);
      }
      assert.equal(seen.faults, []);
    },
  );

  test('without nfc-pcsc the fault says what to install', async context => {
    const before = process.env.NODE_OPTIONS;
    process.env.NODE_OPTIONS = withBinding(`throw new Error('Cannot find package');`);
    const seen = open(context, '/no/pcscd');
    if (before === undefined) delete process.env.NODE_OPTIONS;
    else process.env.NODE_OPTIONS = before;
    await until('the fault', () => seen.faults[0]);
    assert.is(seen.faults[0]?.kind, 'config');
    assert.match(seen.faults[0]?.message ?? '', /nfc-pcsc cannot be loaded .*install .*libpcsclite-dev/);
  });

  const hardware = process.env.TEST_PCSC_READER;
  if (hardware !== undefined) {
    test('a real reader reads three cards that somebody holds to it and takes away', async context => {
      const reader = createPcscReader({ name: 'card', reader: hardware, ...limits });
      context.after(() => reader.close());
      const seen = openAndSee(reader);
      await seen.nth('ready', 1);
      for (let nth = 1; nth <= 3; nth++) {
        process.stdout.write(`\nhold a contactless card to ${hardware}, for a second (${nth} of 3)\n`);
        const card = await until('a card', () => seen.cards[nth - 1], 60_000);
        const answer = (await card.transmit(Uint8Array.of(0xff, 0xca, 0, 0, 0))) ?? [];
        assert.equal([...answer.subarray(-2)], [0x90, 0x00]);
        void reader.indicate?.('green', 'one');
        await until('its removal', () => seen.log.at(-1) === 'removed', 60_000);
      }
      assert.equal(seen.faults, []);
    }, 200_000);
  }
});
