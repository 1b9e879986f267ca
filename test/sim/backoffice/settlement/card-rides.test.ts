/** What became of a card's purchases, its rides, and what purse and journals do not agree about. */
import * as assert from 'uvu/assert';
import { rowId } from '../../../../sim/backoffice/intake/trips-file.ts';
import { cardRides } from '../../../../sim/backoffice/settlement/card-rides.ts';
import type { Circumstances } from '../../../../sim/backoffice/settlement/code-rides.ts';
import { outcomesOf } from '../../../../sim/backoffice/settlement/purchases.ts';
import { purseFindings } from '../../../../sim/backoffice/settlement/purse-findings.ts';
import type { Tap } from '../../../../sim/backoffice/settlement/ride-entry.ts';
import { suite } from '../../../harness.ts';
import { minute, morning, mostFen, tariffs } from './rows.ts';

const nothing: Tap = {
  ...{ id: 0, ofRow: null, at: morning, line: '2', kind: 't-union', token: '0000000000000001', fareFen: 0 },
  ...{ cardKind: 'ordinary', bus: 'A1', stop: null, step: null, onStop: null, onAt: null, mostFen: null },
  ...{ owedFen: null, shortFen: null, purchase: null, balanceFen: null, cardSequence: null },
};

/** A purchase of a card with this counter and purse. @param minutes after the morning */
function begun(
  seq: number,
  minutes: number,
  sequence: number,
  balance: number,
  fen: number,
  rest: Partial<Tap> = {},
): Tap {
  const money = { purchase: 'begun', cardSequence: sequence, balanceFen: balance, fareFen: fen } as const;
  return { ...nothing, id: rowId(1, seq), at: morning + minutes * minute, ...money, ...rest };
}

function end(seq: number, of: Tap, purchase: 'paid' | 'not-paid' | 'unknown'): Tap {
  return { ...nothing, id: rowId(1, seq), at: of.at, ofRow: of.id % 2 ** 32, purchase };
}

function sighting(seq: number, minutes: number, sequence: number, balance: number): Tap {
  return { ...begun(seq, minutes, sequence, balance, 0), purchase: null };
}

const on = (seq: number, minutes: number, sequence: number, balance: number, stop: number, owedFen = 0) =>
  begun(seq, minutes, sequence, balance, owedFen, {
    step: 'on',
    stop: `s${stop}`,
    mostFen: mostFen(stop),
    owedFen,
  });
const off = (seq: number, minutes: number, sequence: number, balance: number, fen: number, began: Tap) =>
  begun(seq, minutes, sequence, balance, fen, {
    step: 'off',
    stop: 's9',
    onStop: began.stop,
    onAt: began.at,
  });

const circumstances: Circumstances = {
  tariffs,
  reported: () => 'all',
  changesTokens: () => false,
  madeUpStop: () => undefined,
};

function ridesOf(taps: readonly Tap[], rest: Partial<Circumstances> = {}) {
  return cardRides(taps, { ...circumstances, ...rest }).rides.map(
    ({ state, onStop, offStop, fareFen, paidFen, unresolvedFen }) =>
      [state, onStop, offStop, fareFen, paidFen, unresolvedFen].join(' '),
  );
}

suite('rides of a card', test => {
  test('a torn purchase is paid if the counter has gone on by one, and not if it stands still', () => {
    const torn = begun(1, 0, 5, 1000, 200);
    for (const [later, outcome] of [
      [[], 'unresolved'],
      [[end(2, torn, 'paid')], 'paid'],
      [[end(2, torn, 'not-paid')], 'not-paid'],
      [[end(2, torn, 'unknown')], 'unresolved'],
      [[sighting(2, 9, 6, 800)], 'paid'],
      [[end(2, torn, 'unknown'), sighting(3, 9, 6, 800)], 'paid'],
      [[sighting(2, 9, 6, 5800)], 'paid'],
      [[sighting(2, 9, 6, 500)], 'unresolved'],
      [[sighting(2, 9, 5, 1000)], 'not-paid'],
      [[sighting(2, 9, 7, 600)], 'unresolved'],
      [[begun(2, 1, 5, 1000, 200), sighting(3, 9, 6, 800)], 'not-paid'],
    ] as const)
      assert.is(outcomesOf([torn, ...later]).get(torn.id), outcome, JSON.stringify(later));
    const again = begun(2, -1, 5, 1000, 200);
    assert.is(
      outcomesOf([torn, again, end(3, again, 'paid')]).get(torn.id),
      'not-paid',
      'another one was paid',
    );
  });

  test('on and off; what was not paid was not ridden', () => {
    const began = on(1, 0, 5, 1000, 2);
    const paid = end(2, began, 'paid');
    const ended = off(3, 20, 6, 1000, 250, began);
    assert.equal(ridesOf([began, paid, ended, end(4, ended, 'paid')]), ['complete s2 s9 250 250 0']);
    assert.equal(ridesOf([began, end(2, began, 'not-paid')]), []);
    const torn = { ...ended, id: rowId(2, 1), at: ended.at - minute };
    assert.equal(ridesOf([began, paid, torn, ended, end(4, ended, 'paid')]), ['complete s2 s9 250 250 0']);
    assert.equal(ridesOf([ended, end(4, ended, 'paid')]), ['complete s2 s9 250 250 0'], 'the tap-on is lost');
    assert.equal(ridesOf([began, paid, ended]), ['complete s2 s9 250 0 250'], 'nothing tells yet');
  });

  test('off at a door that cannot write, then at one that can: one ride, which ends at the second', () => {
    const began = on(1, 0, 5, 1000, 2);
    const silent = { id: rowId(2, 1), purchase: null, shortFen: 250, fareFen: 0 };
    const unwritten = { ...off(3, 20, 6, 1000, 250, began), ...silent };
    const due = { ...unwritten, id: rowId(3, 1), at: unwritten.at + minute, shortFen: 0, fareFen: 250 };
    const ended = off(3, 25, 6, 1000, 250, began);
    for (const first of [
      [began, end(2, began, 'paid')],
      [], // its tap-on is lost
    ])
      for (const before of [[unwritten], [due], [unwritten, due]]) {
        const { rides } = cardRides([...first, ...before, ended, end(4, ended, 'paid')], circumstances);
        assert.equal(
          rides.map(({ state, fareFen, paidFen, shortFen, dueFen, refundFen }) => [
            ...[state, fareFen, paidFen, shortFen, dueFen, refundFen],
          ]),
          [['complete', 250, 250, 0, 0, 0]],
        );
      }
  });

  test('a ride without a tap-off is paid by the next tap, and is that ride’s money', () => {
    const began = on(1, 0, 5, 1000, 2);
    const next = on(3, 600, 6, 1000, 4, mostFen(2));
    const paid = [end(2, began, 'paid'), end(4, next, 'paid')];
    assert.equal(ridesOf([began, paid[0] ?? next]), [`unfinished s2  ${mostFen(2)} 0 0`]);
    assert.equal(ridesOf([began, next, ...paid]), [
      `unfinished s2  ${mostFen(2)} ${mostFen(2)} 0`,
      `unfinished s4  ${mostFen(4)} 0 0`,
    ]);
    assert.equal(ridesOf([next, ...paid.slice(1)]), [
      `earlier-ride s4  ${mostFen(2)} ${mostFen(2)} 0`,
      `unfinished s4  ${mostFen(4)} 0 0`,
    ]);
    const elsewhere = on(3, 600, 9, 1000, 4, 300);
    assert.is(
      ridesOf([began, elsewhere, end(4, elsewhere, 'paid'), ...paid.slice(0, 1)])[0],
      `earlier-ride s4  300 300 0`,
    );
    const madeUpStop = (id: number) => (id === began.id ? 's3' : undefined);
    const [ride] = cardRides([began, next, ...paid], { ...circumstances, madeUpStop }).rides;
    assert.equal(
      [ride?.state, ride?.fareFen, ride?.paidFen, ride?.refundFen],
      ['made-up', 100, mostFen(2), mostFen(2) - 100],
    );
  });

  test('what the purse did not hold, and what a validator cannot debit', () => {
    const began = on(1, 0, 5, 100, 0);
    const short = { ...off(3, 20, 6, 100, 100, began), shortFen: 300 };
    const [ride] = cardRides(
      [began, end(2, began, 'paid'), short, end(4, short, 'paid')],
      circumstances,
    ).rides;
    assert.equal([ride?.fareFen, ride?.paidFen, ride?.shortFen], [400, 100, 300]);
    const due = { ...nothing, id: rowId(1, 9), step: 'single', fareFen: 100 } as const;
    const [undebited] = cardRides([due], circumstances).rides;
    assert.equal([undebited?.paidFen, undebited?.dueFen], [0, 100]);
  });

  test('a tap-off that could not be written: what the next ride pays for it beyond its fare is to be given back', () => {
    const began = on(1, 0, 5, 5000, 0);
    const unwritten = {
      ...off(3, 20, 6, 0, 0, began),
      ...{ purchase: null, cardSequence: null, balanceFen: null },
    };
    const got = { ...unwritten, shortFen: 400 };
    const first = [began, end(2, began, 'paid'), got];
    const [known] = cardRides(first, circumstances).rides;
    assert.equal([known?.fareFen, known?.paidFen, known?.dueFen, known?.shortFen], [400, 0, 0, 400]);
    const next = on(4, 600, 6, 5000, 2, mostFen(0));
    const [ride, ...others] = cardRides([...first, next, end(5, next, 'paid')], circumstances).rides;
    assert.equal(
      [ride?.paidFen, ride?.shortFen, ride?.refundFen, others.length],
      [mostFen(0), 0, mostFen(0) - 400, 1],
    );
  });

  test('purse and journals: differences, loads, and purchases elsewhere', () => {
    const paid = begun(1, 0, 5, 1000, 200);
    for (const [outcome, next, found] of [
      ['paid', sighting(3, 9, 6, 800), []],
      ['paid', sighting(3, 9, 6, 700), [['difference', 100]]],
      ['paid', sighting(3, 9, 6, 5800), [['load', 5000]]],
      ['paid', sighting(3, 9, 5, 1000), [['difference', 200]]],
      ['paid', sighting(3, 9, 7, 100), []],
      ['not-paid', sighting(3, 9, 5, 1000), []],
      ['not-paid', sighting(3, 9, 5, 900), [['difference', 100]]],
      ['not-paid', sighting(3, 9, 6, 800), [['difference', 200]]],
      ['not-paid', sighting(3, 9, 6, 500), []],
    ] as const) {
      const taps = [paid, end(2, paid, outcome), next];
      const findings = purseFindings(taps, outcomesOf(taps)).map(({ what, fen }) => [what, fen]);
      assert.equal(findings, found, `${outcome} ${next.cardSequence} ${next.balanceFen}`);
    }
  });
});
