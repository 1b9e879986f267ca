/** What the oracle allows while changes are on their way, and no longer once a validator has taken them up. */
import * as assert from 'uvu/assert';
import { usualPassengers } from '../../../sim/bus/passengers.ts';
import type { HeardTap } from '../../../sim/monkey/heard-tap.ts';
import { createOracle } from '../../../sim/monkey/oracle.ts';
import { usualRules } from '../../../sim/monkey/oracle-rules.ts';
import { createWorld } from '../../../sim/monkey/oracle-world.ts';
import { presentationOf } from '../../../sim/monkey/presentation.ts';
import { createRideBook } from '../../../sim/monkey/ride-book.ts';
import { createRideMemory } from '../../../sim/monkey/ride-memory.ts';
import type { HeldData } from '../../../sim/monkey/validator-log.ts';
import { suite } from '../../harness.ts';

function start() {
  const world = createWorld({ passengers: usualPassengers, line: '2', phase: 'enforced' });
  const rides = createRideMemory();
  const book = createRideBook(false, () => 0);
  const oracle = createOracle({ world, rides, book, rules: usualRules });
  world.sees(5, 0);

  function allowed(
    command: string,
    at: number,
    version: number,
    holds: HeldData['holds'] = 'fresh',
  ): string[] {
    const presentation = presentationOf(command, world.passengers);
    if (presentation === undefined) throw new Error(command);
    const data = { holds, version, heardAt: 0 };
    const tap: HeardTap = {
      post: presentation.post,
      event: 'tap',
      reader: 'card',
      seq: 1,
      verdict: '',
      why: undefined,
      phase: 'enforced',
      fareTaken: false,
      fareFen: 0,
      paidFen: undefined,
      step: undefined,
      stop: undefined,
      isMended: false,
      isPsamWell: true,
      from: at,
      to: at,
      data,
    };
    const outcomes = oracle.predict(presentation, tap).map(({ outcome }) => outcome);
    return outcomes.map(({ verdict, why }) => [verdict, why].filter(Boolean).join(' ')).sort();
  }
  return { world, rides, allowed };
}

suite('oracle', test => {
  test('a changed code: only the old one before, both until it is taken up, only the new one then', () => {
    const { world, allowed } = start();
    assert.equal(allowed('tap front wang', 100, 5), ['pass']);
    const end = world.begin('health wang red', 200);
    assert.equal(allowed('tap front wang', 150, 5), ['pass']);
    assert.equal(allowed('tap front wang', 250, 5), ['abnormal red', 'pass']);
    end(7, 300);
    assert.equal(allowed('tap front wang', 400, 6), ['abnormal red', 'pass']);
    assert.equal(allowed('tap front wang', 400, 7), ['abnormal red']);
    assert.equal(allowed('tap front li-student', 400, 5), ['pass'], 'and nobody else');
  });

  test('a denied medium: both until its list is taken up, and nobody else', () => {
    const { world, allowed } = start();
    const end = world.begin('deny wang', 200);
    assert.equal(allowed('tap front wang', 250, 5), ['invalid denied', 'pass']);
    end(7, 300);
    assert.equal(allowed('tap front wang', 400, 7), ['invalid denied']);
    assert.equal(allowed('tap front wang', 400, 7, 'stale-status'), ['invalid denied']);
    assert.equal(allowed('tap front li-student', 400, 7), ['pass']);
    world.begin('reinstate wang', 500)(8, 600);
    assert.equal(allowed('tap front wang', 700, 8), ['pass']);
  });

  test('a version is published since a validator told of it, or since its command ended', () => {
    const { world } = start();
    world.sees(6, 60_000);
    assert.equal(world.published, { version: 6, at: 60_000 }, 'the other validator has as long as ever');
    world.sees(5, 70_000);
    world.begin('publish', 80_000)(6, 90_000);
    assert.equal(world.published, { version: 6, at: 60_000 });
    world.begin('publish', 80_000)(7, 90_000);
    assert.equal(world.published, { version: 7, at: 90_000 });
  });

  test('without a network what was published meanwhile is not known', () => {
    const { world, allowed } = start();
    world.begin('network off', 10_000);
    world.begin('health wang red', 20_000)(7, 20_100);
    assert.equal(allowed('tap front wang', 30_000, 5), ['pass']);
    world.begin('network on', 40_000);
    assert.equal(allowed('tap front wang', 41_000, 5), ['abnormal red', 'pass']);
  });

  test('registering: unknown until the source has been asked; with a source that fails nothing is certain', () => {
    const { world, allowed } = start();
    const end = world.begin('register feng-not-linked', 100);
    const either = ['cannot-verify unknown-status', 'not-found', 'pass'];
    assert.equal(allowed('tap front feng-not-linked', 200, 5), either);
    end(6, 300);
    assert.equal(allowed('tap front feng-not-linked', 400, 6), ['pass']);
    world.begin('source failing', 500);
    world.begin('health feng-not-linked red', 600)(8, 700);
    assert.equal(allowed('tap front feng-not-linked', 800, 8), ['abnormal red', 'pass']);
  });

  test('a source that contradicts itself: unknown to whom it is asked for, which may be anybody', () => {
    const { world, allowed } = start();
    world.begin('source contradicting', 100);
    assert.equal(allowed('tap front wang', 200, 6), ['cannot-verify unknown-status', 'pass']);
    assert.equal(allowed('tap front feng-not-linked', 200, 6), ['not-found']);
    world.begin('source ok', 300);
    world.begin('health wang red', 400)(8, 500);
    assert.equal(allowed('tap front wang', 600, 8), ['abnormal red']);
  });

  test('data that is lost, or said to be old', () => {
    const { world, allowed } = start();
    assert.equal(allowed('tap front wang', 100, 5, 'stale-status'), ['cannot-verify stale-status', 'pass']);
    world.begin('data stale', 200)(6, 300);
    assert.equal(allowed('tap front wang', 100, 6, 'stale-status'), ['cannot-verify stale-status']);
    world.begin('data missing', 10_000);
    assert.equal(allowed('tap front wang', 20_000, 6, 'none'), ['cannot-verify no-data']);
  });

  test('a repeat within five seconds, either at their end, none after; what a power cut hides may be one', () => {
    const { rides, allowed } = start();
    const who = { post: 'front', passenger: 'wang' } as const;
    rides.take(who, { from: 0, to: 10 });
    assert.equal(allowed('tap front wang', 3000, 5), ['repeat']);
    assert.equal(allowed('tap front wang', 5100, 5), ['pass', 'repeat']);
    assert.equal(allowed('tap front wang', 6000, 5), ['pass']);
    assert.equal(allowed('tap rear wang', 3000, 5), ['pass'], 'at the other door');
    rides.perhapsTake(who, { from: 9000, to: 9100 });
    assert.equal(allowed('tap front wang', 10_000, 5), ['pass', 'repeat']);
  });

  test('cards that fail and codes that are old are what they are whatever else', () => {
    const { allowed } = start();
    assert.equal(allowed('tap front wang answers-half', 100, 5), ['invalid unreadable']);
    assert.equal(allowed('tap front wang leaves-half-way', 100, 5), ['card-lost']);
    assert.equal(allowed('tap front kong-door-card answers-half', 100, 5), ['invalid unsupported']);
    assert.equal(allowed('scan front qin-old-code', 100, 5), ['invalid expired']);
    assert.equal(allowed('show rear he-alipay', 100, 5), ['invalid unsupported']);
    assert.equal(allowed('tap front lu-expired', 100, 5), ['invalid expired']);
  });
});
