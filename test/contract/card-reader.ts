/** What every card reader must do, whatever its wire; run on each implementation through a fixture of its own. */
import * as assert from 'uvu/assert';
import type { DeviceErrorKind } from '../../device/kit/errors.ts';
import {
  answersHalf,
  answersNothing,
  answersOneByte,
  answersTooMuch,
  answersTwice,
  floods,
  garbageAtr,
  leavesAfter,
  slowBy,
} from '../../sim/wires/card-faults.ts';
import type { CardFault, WireCard } from '../../sim/wires/vpcd-card.ts';
import { cleanups, suite, type TestContext, until } from '../harness.ts';
import type { Requirement } from '../left-out.ts';
import {
  assertNextCardWorks,
  atr,
  command,
  echoCard,
  type MakeFixture,
  rejectsWith,
  socketCount,
  start,
  strictLimitMs,
  takeAway,
} from './card-reader-stand.ts';

/** What an implementation's wire cannot show of this contract, or shows differently: declared, and printed with the results. */
export interface ContractTerms {
  /** What must be installed. */
  readonly needs?: Requirement;
  /** 200 unless given. */
  readonly taps?: number;
  /** A faulty card is not let go of: it must be taken away, and the field be empty this long for that to be noticed. */
  readonly emptyFieldMs?: number;
  /** Case → why it cannot be shown. */
  readonly cannotShow?: Readonly<Record<string, string>>;
}

export function testCardReader(name: string, makeFixture: MakeFixture, terms: ContractTerms = {}): void {
  const { needs, taps = 200, emptyFieldMs, cannotShow = {} } = terms;
  suite(`card reader: ${name}`, register => {
    const test = (title: string, body: (context: TestContext) => unknown): void => {
      if (needs === undefined) register(title, body);
      else register.needing(needs, title, body);
    };
    /** A case that some implementations cannot show. */
    const testCase = (conduct: string, title: string, body: (context: TestContext) => unknown): void => {
      const why = cannotShow[conduct];
      if (why === undefined) test(title, body);
      else process.stdout.write(`\nnot shown over ${name}: a card that ${conduct}: ${why}\n`);
    };

    test('presents a card with its ATR, and exchanges APDUs', async context => {
      const { insert, seen } = await start(context, makeFixture);
      await insert(echoCard);
      const card = await seen.card(1);
      assert.equal([...card.atr], [...atr]);
      assert.equal([...(await card.transmit(command))], [0x02, 0x90, 0x00]);
      assert.equal([...(await card.transmit(Uint8Array.of(0, 0xb0, 0, 0, 0x77)))], [0x77, 0x90, 0x00]);
    });

    test('tells each insertion and each removal once, in turn', async context => {
      const { insert, seen } = await start(context, makeFixture);
      for (let tap = 1; tap <= 3; tap++) {
        const held = await insert(echoCard);
        await seen.card(tap);
        await held.remove();
        await seen.removals(tap);
      }
      assert.equal(seen.log, ['inserted', 'removed', 'inserted', 'removed', 'inserted', 'removed']);
    });

    test(`takes ${taps} taps without losing one`, async context => {
      const { insert, seen } = await start(context, makeFixture);
      for (let tap = 1; tap <= taps; tap++) {
        const held = await insert(echoCard);
        const card = await seen.card(tap);
        const response = await card.transmit(Uint8Array.of(0, 0xb0, 0, 0, tap));
        assert.equal([...response], [tap, 0x90, 0x00]);
        await held.remove();
      }
      await seen.removals(taps);
      assert.is(seen.log.length, 2 * taps);
    });

    test('refuses a command while another is unanswered, and confuses neither', async context => {
      const { insert, seen } = await start(context, makeFixture);
      await insert(echoCard, slowBy(30));
      const card = await seen.card(1);
      const first = card.transmit(Uint8Array.of(0, 0xb0, 0, 0, 1));
      await rejectsWith('protocol', card.transmit(Uint8Array.of(0, 0xb0, 0, 0, 2)));
      assert.equal([...(await first)], [1, 0x90, 0x00]);
      assert.equal([...(await card.transmit(Uint8Array.of(0, 0xb0, 0, 0, 3)))], [3, 0x90, 0x00]);
    });

    test('refuses what is no command APDU', async context => {
      const { insert, seen } = await start(context, makeFixture);
      await insert(echoCard);
      const card = await seen.card(1);
      await rejectsWith('protocol', card.transmit(Uint8Array.of(0)));
      assert.equal([...(await card.transmit(command))], [0x02, 0x90, 0x00]);
    });

    const misconduct: [string, CardFault, DeviceErrorKind][] = [
      ['answers nothing', answersNothing('command'), 'timeout'],
      ['answers half and stalls', answersHalf('command'), 'timeout'],
      ['answers after the time limit', slowBy(2 * strictLimitMs), 'timeout'],
      ['answers too much', answersTooMuch('command'), 'protocol'],
      ['answers less than a status word', answersOneByte('command'), 'protocol'],
      ['floods', floods('command'), 'protocol'],
      ['leaves in the middle of an APDU', leavesAfter(0), 'medium-lost'],
    ];
    for (const [conduct, fault, kind] of misconduct) {
      testCase(
        conduct,
        `${kind} for a card that ${conduct}; it is out for good, and the next card works`,
        async context => {
          const { insert, seen } = await start(
            context,
            makeFixture,
            kind === 'timeout' ? strictLimitMs : undefined,
          );
          const held = await insert(echoCard, fault);
          const card = await seen.card(1);
          await rejectsWith(kind, card.transmit(command));
          await seen.removals(1);
          await rejectsWith(kind, card.transmit(command));
          await takeAway(held, emptyFieldMs);
          await assertNextCardWorks(insert, seen);
        },
      );
    }

    testCase(
      'answers twice',
      'never takes a surplus answer for the answer to the next command',
      async context => {
        const { insert, seen } = await start(context, makeFixture);
        await insert(echoCard, answersTwice('command'));
        const card = await seen.card(1);
        const answers = await Promise.allSettled([card.transmit(Uint8Array.of(0, 0xb0, 0, 0, 1))]);
        if (answers[0]?.status === 'fulfilled') assert.equal([...answers[0].value], [1, 0x90, 0x00]);
        await rejectsWith('protocol', card.transmit(Uint8Array.of(0, 0xb0, 0, 0, 2)));
        await seen.removals(1);
        await assertNextCardWorks(insert, seen);
      },
    );

    const unpowerable: [string, WireCard, CardFault[], DeviceErrorKind][] = [
      ['never gives an ATR', echoCard, [answersNothing('atr')], 'timeout'],
      ['gives half an ATR and stalls', echoCard, [answersHalf('atr')], 'timeout'],
      ['gives garbage for an ATR', echoCard, [garbageAtr()], 'protocol'],
      ['gives too long an ATR', { ...echoCard, atr: new Uint8Array(34).fill(0x3b) }, [], 'protocol'],
      ['leaves during power-up', echoCard, [() => 'close'], 'medium-lost'],
    ];
    for (const [conduct, card, faults, kind] of unpowerable) {
      testCase(
        conduct,
        `presents a card that ${conduct} as one that cannot be read (${kind})`,
        async context => {
          const { insert, seen } = await start(
            context,
            makeFixture,
            kind === 'timeout' ? strictLimitMs : undefined,
          );
          const held = await insert(card, ...faults);
          const presented = await seen.card(1);
          assert.is(presented.atr.length, 0);
          await rejectsWith(kind, presented.transmit(command));
          await seen.removals(1);
          await takeAway(held, emptyFieldMs);
          await assertNextCardWorks(insert, seen);
        },
      );
    }

    test('tells a removal between commands, after which the card is lost', async context => {
      const { insert, seen } = await start(context, makeFixture);
      const held = await insert(echoCard);
      const card = await seen.card(1);
      await card.transmit(command);
      await held.remove();
      await seen.removals(1);
      await rejectsWith('medium-lost', card.transmit(command));
    });

    testCase('comes second', 'reads on undisturbed when a second card comes', async context => {
      const { insert, seen } = await start(context, makeFixture);
      const first = await insert(echoCard);
      const card = await seen.card(1);
      const second = await insert(echoCard);
      for (let i = 0; i < 10; i++) assert.equal([...(await card.transmit(command))], [0x02, 0x90, 0x00]);
      assert.equal(seen.log, ['inserted']);
      await second.remove();
      await first.remove();
      await seen.removals(1);
      await assertNextCardWorks(insert, seen);
    });

    test('closes without waiting for the card in the field, tells its removal, and keeps no socket', async () => {
      const before = socketCount();
      const { after, cleanUp } = cleanups();
      const { fixture, insert, seen } = await start({ after }, makeFixture);
      await insert(echoCard, answersNothing('command'));
      const card = await seen.card(1);
      const unanswered = rejectsWith('disconnected', card.transmit(command));
      await fixture.reader.close();
      await unanswered;
      assert.equal(seen.log, ['inserted', 'removed']);
      await fixture.reader.close();
      await cleanUp();
      await until('no socket left', () => socketCount() <= before);
    });

    testCase(
      'is closed on in its power-up',
      'closes without waiting in the middle of a power-up',
      async context => {
        const { fixture, insert, seen } = await start(context, makeFixture);
        await insert(echoCard, answersNothing('atr'));
        await fixture.reader.close();
        assert.is(seen.log.length % 2, 0);
      },
    );

    test('can be closed without ever having been opened', async context => {
      const fixture = await makeFixture(context, 1000);
      await fixture.reader.close();
    });
  });
}
