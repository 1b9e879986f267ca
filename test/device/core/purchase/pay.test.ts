import * as assert from 'uvu/assert';
import { toHex } from '../../../../device/core/bytes.ts';
import { pay as payFor } from '../../../../device/core/purchase/pay.ts';
import { settle } from '../../../../device/core/purchase/settle.ts';
import { desMac, diversify, folded } from '../../../../sim/media/des.ts';
import { hexBytes, uintBytes } from '../../../../sim/media/encoding.ts';
import { testPurseKeys } from '../../../../sim/media/purse-keys.ts';
import type { VirtualCard } from '../../../../sim/media/virtual-card.ts';
import { suite } from '../../../harness.ts';
import {
  drive,
  psamWith,
  purchaseOf,
  select,
  selectedCard,
  stateOf,
  terminal,
  terminalNumber,
} from './torn-card.ts';

function pay(amountFen: number, card: VirtualCard, psam = psamWith()) {
  return drive(payFor(purchaseOf(amountFen)), card, psam);
}

/** @returns the reason, or how else it ended */
function reasonOf({ end }: ReturnType<typeof pay>): string {
  return end === undefined ? 'torn' : end.end === 'refused' ? end.reason : end.end;
}

/** A card or a PSAM that answers one of its commands otherwise. */
function answering(card: VirtualCard, ins: number, answer: string): VirtualCard {
  return { ...card, respond: command => (command[1] === ins ? hexBytes(answer) : card.respond(command)) };
}

suite('compound purchase', test => {
  test('the fare is taken, the ride is written, the log has it', () => {
    const card = selectedCard();
    const { end, kept, commands } = pay(300, card);
    assert.is(end?.end, 'paid');
    assert.equal(kept, {
      type: 'compound',
      amountFen: 300,
      balanceFen: 1000,
      sequence: 0,
      terminalSequence: 1,
    });
    assert.equal(stateOf(card), {
      balanceFen: 700,
      overdraftFen: 0,
      ride: 1,
      record: 1,
      lastAmountFen: 300,
      lastTerminal: terminalNumber,
    });
    assert.is(commands, 4, 'INITIALIZE, two records, DEBIT');
  });

  test('a tap-on is a purchase of nothing; each purchase counts', () => {
    const [card, psam] = [selectedCard({ balance: 0, sequence: 7 }), psamWith({ sequence: 41 })];
    const { end } = pay(0, card, psam);
    assert.equal(end?.end === 'paid' && [end.checked, end.sequence, end.terminalSequence], [true, 7, 42]);
    const next = pay(0, card, psam);
    assert.equal(next.kept, {
      type: 'compound',
      amountFen: 0,
      balanceFen: 0,
      sequence: 8,
      terminalSequence: 43,
    });
  });

  test('the TAC is what the back office makes of the same words', () => {
    const { end } = pay(300, selectedCard(), psamWith({ sequence: 4 }));
    const key = folded(diversify(testPurseKeys.tac, purchaseOf(300).card.number));
    const expected = desMac(key, uintBytes(300, 4), hexBytes(`09${terminalNumber}0000000520220601081530`));
    assert.is(end?.end === 'paid' && toHex(end.tac), toHex(expected));
  });

  test('overdraft: up to the limit, not beyond', () => {
    const card = selectedCard({ balance: 100, overdraftLimit: 500 });
    assert.is(reasonOf(pay(300, card)), 'paid');
    const { balanceFen, overdraftFen } = stateOf(card);
    assert.equal([balanceFen, overdraftFen], [0, 200]);
    assert.is(reasonOf(pay(300, card)), 'paid');
    assert.is(reasonOf(pay(1, card)), 'insufficient-balance');
  });

  test('what the card refuses, each by its own reason, and nothing is taken', () => {
    assert.is(reasonOf(pay(1001, selectedCard())), 'insufficient-balance');
    assert.is(reasonOf(pay(1, selectedCard({ locked: true }))), 'purse-locked');
    assert.is(reasonOf(pay(1, selectedCard({ sequence: 0xffff }))), 'counter-at-end');
    for (const [ins, answer, reason] of [
      [0x50, '9403', 'no-key'],
      [0x50, '9408', 'purse-locked'],
      [0x50, '6283', 'purse-locked'],
      [0x50, '6D00', 'not-payable'],
      [0x50, '6F00', 'unreadable'],
      [0x50, '00000064 9000', 'unreadable'],
      [0x50, '', 'unreadable'],
      [0xdc, '6A82', 'not-payable'],
      [0xdc, '9303', 'purse-locked'],
      [0xdc, '6581', 'unreadable'],
      [0x54, '9302', 'bad-mac'],
      [0x54, '9401', 'insufficient-balance'],
      [0x54, '6985', 'not-payable'],
    ] as const) {
      const card = selectedCard();
      const { end } = pay(300, answering(card, ins, answer.replace(' ', '')));
      assert.is(end?.end === 'refused' && end.reason, reason, `${ins.toString(16)} ${answer}`);
      assert.is(stateOf(card).balanceFen, 1000);
    }
  });

  test('a PSAM that is blocked, has no key or says nothing: its fault, and the card has lost nothing', () => {
    for (const psam of [
      psamWith({ blocked: 0x6983 }),
      answering(psamWith(), 0x70, '9403'),
      answering(psamWith(), 0x70, ''),
    ]) {
      const card = selectedCard();
      assert.is(reasonOf(pay(300, card, psam)), 'psam');
      assert.is(stateOf(card).balanceFen, 1000);
    }
  });

  test('a PSAM with other keys: the card finds its MAC wrong', () => {
    const card = selectedCard();
    const psam = psamWith({ keys: { purchase: hexBytes('00'.repeat(16)) } });
    assert.is(reasonOf(pay(300, card, psam)), 'bad-mac');
    assert.is(stateOf(card).balanceFen, 1000);
  });

  test('a card that makes up its MAC2 is found out; a PSAM that is gone by then has not checked', () => {
    assert.is(reasonOf(pay(300, answering(selectedCard(), 0x54, '11223344AABBCCDD9000'))), 'disproved');
    const { end } = pay(300, selectedCard(), answering(psamWith(), 0x72, '6F00'));
    assert.is(end?.end === 'paid' && end.checked, false);
  });

  test('ten thousand purchases in a row: the counters and the money agree', () => {
    const [card, psam] = [selectedCard({ balance: 500_000 }), psamWith()];
    for (let i = 0; i < 10_000; i++) {
      const { end } = pay(i % 60, card, psam);
      if (end?.end !== 'paid' || end.sequence !== i || end.terminalSequence !== i + 1)
        assert.unreachable(JSON.stringify(end));
    }
    const spent = Array.from({ length: 10_000 }, (_, i) => i % 60).reduce((sum, fen) => sum + fen, 0);
    assert.is(stateOf(card).balanceFen, 500_000 - spent);
  });
});

suite('settling a torn purchase', test => {
  function settled(card: VirtualCard, sequence: number) {
    const { end } = drive(
      settle({ type: 'compound', sequence }, terminal.number, terminal),
      card,
      psamWith(),
    );
    return end?.settled;
  }

  test('paid, not paid, and paid again since', () => {
    const card = selectedCard();
    assert.is(settled(card, 0), 'not-paid');
    pay(300, card);
    card.reset();
    select(card);
    assert.is(settled(card, 0), 'paid');
    assert.is(settled(card, 1), 'not-paid');
    pay(200, card);
    assert.is(settled(card, 0), 'paid', 'the log has it still');
    for (let i = 0; i < 9; i++) pay(1, card);
    assert.is(settled(card, 0), 'unknown', 'the log has it no more');
  });

  test('a proof of another terminal’s purchase is none of this one', () => {
    const [card, elsewhere] = [selectedCard(), hexBytes('110000000099')];
    const there = psamWith({ terminal: '110000000099' });
    const purchase = { ...purchaseOf(300), terminal: { ...terminal, number: elsewhere } };
    assert.is(drive(payFor(purchase), card, there).end?.end, 'paid');
    assert.is(settled(card, 0), 'not-paid');
  });

  test('a card that has no log, or one that is cut off: the counter says only that nothing was paid', () => {
    for (const answer of ['6A83', '6A82', '00019000']) {
      const card = selectedCard();
      assert.is(settled(answering(card, 0xb2, answer), 0), 'not-paid', answer);
      pay(300, card);
      assert.is(settled(answering(card, 0xb2, answer), 0), 'unknown', answer);
    }
  });

  test('a card that does not say', () => {
    assert.is(settled(answering(selectedCard(), 0x50, '9303'), 0), 'unknown');
  });
});
