import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { toHex } from '../../../../device/core/bytes.ts';
import { readTransitCard } from '../../../../device/core/transit-card.ts';
import { createHostedReader } from '../../../../drivers/card-reader/hosted/hosted.ts';
import { tUnionImage } from '../../../../sim/media/card-images.ts';
import { createVirtualCard } from '../../../../sim/media/virtual-card.ts';
import { answersNothing, slowBy } from '../../../../sim/wires/card-faults.ts';
import { freePort } from '../../../../sim/wires/free-port.ts';
import { type CardInsertion, type InsertedCard, insertCard } from '../../../../sim/wires/vpcd-card.ts';
import { testCardReader } from '../../../contract/card-reader.ts';
import { echoCard } from '../../../contract/card-reader-stand.ts';
import { suite, type TestContext, until } from '../../../harness.ts';
import { childrenOf, isAlive } from '../children.ts';
import { openAndSee } from '../seen-events.ts';

const host = '127.0.0.1';
const neverMs = 600_000;
/** For a process that is to be found silent; another one, of a busy machine, is heard in this time. */
const strictMs = 3000;
const command = Uint8Array.of(0x00, 0xb0, 0x95, 0x00, 0x02);
const vpcdProgram = new URL('./vpcd-program.js', import.meta.url);
const badProgram = new URL('./bad-program.js', import.meta.url);

/** A reader whose process is just being started again does not listen yet. */
function insertWhenThere(insertion: CardInsertion): Promise<InsertedCard> {
  return until('the reader to listen', () => insertCard(insertion).catch(() => undefined));
}

/** @param drivers the driver's own limit: beyond the firmware's, so that the firmware's counts, or short of it */
async function hostedVpcd(
  name: string,
  apduTimeoutMs: number,
  driversMs: number,
  heartbeatTimeoutMs = neverMs,
) {
  const port = await freePort();
  const settings = { name, host, port, apduTimeoutMs: driversMs };
  const limits = { apduTimeoutMs, heartbeatTimeoutMs };
  return { port, reader: createHostedReader({ name, ...limits, program: vpcdProgram, settings }) };
}

for (const [whose, driversPart, terms] of [
  ['the driver’s time limit', 0.5, {}],
  // Until the process of the card that does not answer has ended, it is what listens.
  ['the firmware’s time limit', 3, { emptyFieldMs: 100 }],
] as const) {
  testCardReader(
    `vpcd in a process of its own, ${whose}`,
    async (_context, apduTimeoutMs) => {
      const { port, reader } = await hostedVpcd('front reader', apduTimeoutMs, apduTimeoutMs * driversPart);
      return {
        reader,
        insert: (card, ...faults) => insertWhenThere({ host, port, card, faults }),
      };
    },
    terms,
  );
}

async function start(context: TestContext, apduTimeoutMs = neverMs, heartbeatTimeoutMs = neverMs) {
  const { port, reader } = await hostedVpcd('card', apduTimeoutMs, neverMs, heartbeatTimeoutMs);
  context.after(() => reader.close());
  const seen = openAndSee(reader);
  await seen.nth('ready', 1);
  const [pid = 0] = childrenOf(process.pid);
  return { port, reader, pid, seen };
}

/** A transit card that notes what it is asked. */
function notingCard() {
  const asked: string[] = [];
  const card = createVirtualCard(tUnionImage({ number: '3105100000000000001' }));
  const respond = (command: Uint8Array) => {
    asked.push(toHex(command));
    return card.respond(command);
  };
  return { asked, card: { ...card, respond } };
}

suite('hosted card reader', test => {
  test('reads a transit card ahead: the firmware reads it whole, and the card is asked each thing once', async context => {
    const { port, seen } = await start(context);
    const { asked, card } = notingCard();
    await insertCard({ host, port, card });
    await seen.nth('inserted', 1);
    const held = seen.cards[0];
    const sent: string[] = [];
    const reading = readTransitCard(held?.atr ?? new Uint8Array());
    let step = reading.next();
    while (!step.done) {
      sent.push(toHex(step.value));
      step = reading.next((await held?.transmit(step.value)) ?? new Uint8Array());
    }
    assert.is(step.value.read, 'card');
    assert.equal(asked, sent);
    assert.equal([...((await held?.transmit(command)) ?? [])], [...(await card.respond(command))]);
  });

  test('reading ahead ends where the firmware asks something else', async context => {
    const { port, seen } = await start(context);
    const { asked, card } = notingCard();
    await insertCard({ host, port, card, faults: [slowBy(20)] });
    await seen.nth('inserted', 1);
    const first = readTransitCard(card.atr).next().value as Uint8Array;
    await seen.cards[0]?.transmit(first);
    const answer = await seen.cards[0]?.transmit(command);
    assert.is(asked.at(-1), toHex(command));
    assert.equal([...(answer ?? [])], [...(await card.respond(command))]);
    const askedBefore = asked.length;
    await sleep(100);
    assert.is(asked.length, askedBefore);
  });

  test('killed outright with a card in it: pending command and card end, the next process takes over', async context => {
    const { port, pid, seen } = await start(context);
    await insertCard({ host, port, card: echoCard, faults: [answersNothing('command')] });
    await seen.nth('inserted', 1);
    const answer = seen.cards[0]?.transmit(command).catch((error: unknown) => error);
    process.kill(pid, 'SIGKILL');
    assert.is(Object(await answer).kind, 'disconnected');
    await seen.nth('ready', 2);
    assert.equal(seen.log, ['ready', 'inserted', 'removed', 'fault', 'ready']);
    assert.match(seen.faults[0]?.message ?? '', 'SIGKILL');
    const late = await seen.cards[0]?.transmit(command).catch((error: unknown) => error);
    assert.is(Object(late).kind, 'disconnected');
    await insertWhenThere({ host, port, card: echoCard });
    await seen.nth('inserted', 2);
    assert.is((await seen.cards[1]?.transmit(command))?.length, 3);
  });

  test('stopped, so that it is silent: found out, ended, and started again', async context => {
    const { pid, seen } = await start(context, neverMs, strictMs);
    process.kill(pid, 'SIGSTOP');
    await seen.nth('ready', 2);
    assert.equal(seen.log, ['ready', 'fault', 'ready']);
    assert.is(seen.faults[0]?.kind, 'timeout');
    await until('its end', () => !isAlive(pid));
  });

  test('a card that does not answer is no fault of the reader, time after time', async context => {
    const { port, seen } = await start(context, 1000);
    for (let tap = 1; tap <= 3; tap++) {
      const faults = [answersNothing('command')];
      const held = await insertWhenThere({ host, port, card: echoCard, faults });
      await seen.nth('inserted', tap);
      const error = await seen.cards[tap - 1]?.transmit(command).catch((thrown: unknown) => thrown);
      assert.is(Object(error).kind, 'timeout');
      await held.remove();
      await sleep(100);
    }
    assert.equal(seen.faults, []);
  });

  const conducts: readonly (readonly [conduct: string, told: RegExp])[] = [
    ['spin', /does not answer/],
    ['crash', /ended: SIGABRT/],
    ['throw', /the binding broke/],
    ['nonsense', /talks nonsense/],
    ['huge answer', /talks nonsense/],
    ['exit', /ended: exit 3/],
  ];
  for (const [conduct, told] of conducts) {
    test(`a process that will ${conduct} is told as a fault, is gone, and has a successor`, async context => {
      const reader = createHostedReader({
        name: 'bad',
        apduTimeoutMs: 100,
        heartbeatTimeoutMs: strictMs,
        program: badProgram,
        settings: conduct,
      });
      context.after(() => reader.close());
      const seen = openAndSee(reader);
      await seen.nth('ready', 1);
      const [pid = 0] = childrenOf(process.pid);
      await seen.nth('ready', 2);
      assert.is(seen.log[1], 'fault');
      assert.match(seen.faults[0]?.message ?? '', told);
      assert.not.ok(isAlive(pid));
    });
  }

  test('a driver that does not close, or spins, is closed all the same', async () => {
    for (const conduct of ['wait', 'spin']) {
      const reader = createHostedReader({
        name: 'bad',
        apduTimeoutMs: 100,
        heartbeatTimeoutMs: strictMs,
        program: badProgram,
        settings: conduct,
      });
      const seen = openAndSee(reader);
      await seen.nth('ready', 1);
      const children = childrenOf(process.pid);
      assert.is(children.length, 1);
      await sleep(200);
      await reader.close();
      assert.equal(children.filter(isAlive), []);
      assert.equal(seen.log, ['ready']);
    }
  });

  for (const conduct of ['wait', 'spin']) {
    test(`firmware killed outright takes a reader’s process that will ${conduct} with it`, async context => {
      const program = new URL('./firmware-program.js', import.meta.url).pathname;
      const firmware = spawn(process.execPath, [program, badProgram.href, JSON.stringify(conduct)], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      context.after(() => firmware.kill('SIGKILL'));
      await once(firmware.stdout, 'data');
      const [pid = 0] = childrenOf(firmware.pid ?? 0);
      context.after(() => isAlive(pid) && process.kill(pid, 'SIGKILL'));
      assert.ok(isAlive(pid));
      // By now it spins.
      await sleep(200);
      firmware.kill('SIGKILL');
      await until('its end', () => !isAlive(pid));
    });
  }

  test('a program that is not there is a fault', async context => {
    const program = new URL('./no-such-program.js', import.meta.url);
    const reader = createHostedReader({
      name: 'card',
      apduTimeoutMs: 100,
      heartbeatTimeoutMs: neverMs,
      program,
      settings: undefined,
    });
    context.after(() => reader.close());
    const seen = openAndSee(reader);
    await seen.nth('fault', 1);
    assert.match(seen.faults[0]?.message ?? '', /ended: exit 1/);
  });
});
