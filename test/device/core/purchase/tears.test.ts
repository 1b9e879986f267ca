/** The tear matrix: a card that leaves, or a validator that loses its power, at every command of a purchase. */
import * as assert from 'uvu/assert';
import { pay } from '../../../../device/core/purchase/pay.ts';
import { settle } from '../../../../device/core/purchase/settle.ts';
import { suite } from '../../../harness.ts';
import {
  drive,
  psamWith,
  purchaseOf,
  select,
  selectedCard,
  stateOf,
  type Tear,
  terminal,
} from './torn-card.ts';

const commandsOfACard = ['INITIALIZE', 'UPDATE 1A', 'UPDATE 1E', 'DEBIT'];
const balanceFen = 1000;

/** Which of the two loses what it knew: the card by leaving, the validator by its power. */
type Side = 'card' | 'power';

interface Row {
  readonly step: string;
  readonly side: Side;
  readonly amountFen: number;
  readonly taken: boolean;
  readonly settled: string;
}

/** @returns what became of it, after having shown that card and validator agree */
function tear(at: number, moment: Tear['moment'], side: Side, amountFen: number): Row {
  const [card, psam] = [selectedCard({ balance: balanceFen }), psamWith()];
  const { end, kept } = drive(pay(purchaseOf(amountFen)), card, psam, { at, moment });
  card.reset();
  if (side === 'power') psam.reset();
  select(card);
  const { balanceFen: left, ride, record } = stateOf(card);

  // On the card: the money and both records, or none of them.
  const isWritten = ride === 1;
  assert.is(record === 1, isWritten);
  assert.is(left, isWritten ? balanceFen - amountFen : balanceFen);

  // In the validator: what was kept over the power cut is enough to know it.
  if (kept === undefined) assert.not(isWritten);
  const outcome = kept && drive(settle(kept, terminal.number, terminal), card, psam).end?.settled;
  if (kept !== undefined) assert.is(outcome, isWritten ? 'paid' : 'not-paid');
  // Before the debit a reader's error comes out again, from the debit on the purchase is known to be torn.
  assert.is(end?.end, at < commandsOfACard.length ? undefined : 'unsettled');

  // The next purchase goes through, whatever was before.
  const next = drive(pay(purchaseOf(amountFen, 2)), card, psam);
  assert.is(next.end?.end, 'paid');
  assert.is(stateOf(card).ride, 2);
  assert.is(stateOf(card).balanceFen, left - amountFen);
  const step = `${moment} ${commandsOfACard[at - 1]}`;
  return { step, side, amountFen, taken: isWritten, settled: outcome ?? 'nothing to settle' };
}

suite('tears', test => {
  test('every step, the card’s side and the power’s, a tap-on and a tap-off', () => {
    const rows = commandsOfACard.flatMap((_, i) =>
      (['before', 'after'] as const).flatMap(moment =>
        (['card', 'power'] as const).flatMap(side => [0, 300].map(fen => tear(i + 1, moment, side, fen))),
      ),
    );
    for (const { step, side, amountFen, taken, settled } of rows)
      process.stdout.write(
        `\n  ${step.padEnd(18)} ${side.padEnd(6)} ${String(amountFen).padStart(3)} fen  ${taken ? 'taken' : 'not taken'}, ${settled}`,
      );
    process.stdout.write('\n ');
    assert.is(rows.length, 32);
    assert.is(rows.filter(({ taken }) => taken).length, 4, 'only after the debit has anything been taken');
  });

  test('the PSAM torn out: before the debit nothing has happened, after it the purchase is paid', () => {
    for (const [gone, expected] of [
      [0x70, 'refused'],
      [0x72, 'paid'],
    ] as const) {
      const card = selectedCard();
      const psam = psamWith();
      const torn = {
        ...psam,
        respond(command: Uint8Array) {
          if (command[1] === gone) throw new Error('no PSAM');
          return psam.respond(command);
        },
      };
      const end = drive(pay(purchaseOf(300)), card, torn).end?.end;
      assert.is(end, expected);
      select(card);
      assert.is(stateOf(card).balanceFen, expected === 'paid' ? 700 : 1000);
    }
  });
});
