/** Holds one tap that a validator logged against the oracle: its data, its verdict, and what both screens showed. */
import type { Disagreement } from './disagreement.ts';
import type { HeardTap } from './heard-tap.ts';
import { createOracle } from './oracle.ts';
import type { Rules } from './oracle-rules.ts';
import { faultOfScreen } from './oracle-screens.ts';
import type { World } from './oracle-world.ts';
import type { PostWatch } from './post-watch.ts';
import type { Presentation } from './presentation.ts';
import { createRideBook, type RideBook } from './ride-book.ts';
import { createRideMemory } from './ride-memory.ts';
import type { ScreenWatch } from './screen-watch.ts';
import { expectationOf, isSame } from './tap-of.ts';

export interface TapJudge {
  /** @param command presented the medium of this tap */
  judge(
    watch: PostWatch,
    presented: Presentation,
    tap: HeardTap,
    command: string,
  ): Promise<Disagreement | undefined>;
  /** Judges a tap that no command under way explains: a late answer, or what hostile bytes were taken for. */
  judgeUnasked(watch: PostWatch, tap: HeardTap): Disagreement | undefined;
  /** The power went while this was presented: its ride may have been taken. */
  /** Nobody told what became of a card's tap. */
  readonly unsure: RideBook['unsure'];
  perhapsTaken(presented: Presentation, moment: { readonly from: number; readonly to: number }): void;
}

export interface TapJudgeParts {
  readonly world: World;
  readonly rules: Rules;
  readonly screens: ScreenWatch;
  /** Since when the doors hear each other; infinity while they do not. */
  readonly linkedSince: () => number;
  /** How late the cards and phones in the monkey's process were played at worst, in this action. */
  readonly worstLatenessMs: () => number;
}

/** A card must answer within 300 ms, in which the machine has other things to do as well. */
const lateAnswerMs = 100;
/** A presentation that was not answered at once may still be answered for so long. */
const lateTapMs = 10_000;
/** A validator has taken up what was published by then, unless the network was away. */
const takeUpLimitMs = 20_000;

export function createTapJudge({
  world,
  rules,
  screens,
  linkedSince,
  worstLatenessMs,
}: TapJudgeParts): TapJudge {
  const rides = createRideMemory();
  const book = createRideBook(world.isDistanceLine, linkedSince);
  const oracle = createOracle({ world, rides, book, rules });

  /** The network was there all along, and yet the data is older than what was published long ago. */
  function isOutdated({ log }: PostWatch, { data, to }: HeardTap): boolean {
    const limit = to - takeUpLimitMs;
    const { published, network } = world;
    const upSince = log.upSince ?? to;
    if (Math.max(upSince, published.at, network.changedAt) > limit || network.latest === 'off') return false;
    return data.holds === 'none' || data.version < published.version;
  }

  /** A card that is played too late seems not to answer, or to be taken away before it was read. */
  function ifPlayedLate(presented: Presentation): Presentation[] {
    if (presented.reader !== 'card' || worstLatenessMs() < lateAnswerMs) return [];
    return [
      { ...presented, medium: { is: 'refused', reason: 'unreadable' } },
      { ...presented, medium: { is: 'lost' } },
      { ...presented, isPsamLate: true },
    ];
  }

  return {
    async judge(watch, presented, tap, command) {
      if (isOutdated(watch, tap)) {
        const expected = `version ${world.published.version}, as published`;
        return { kind: 'feed', expected, got: JSON.stringify(tap.data), command };
      }
      // What it is now says nothing of the tap that it mends.
      if (tap.isMended) {
        if (tap.fareTaken) rides.take(presented, tap);
        book.note(presented, tap);
        return undefined;
      }
      const due = oracle.predict(presented, tap);
      const predictions = [...due, ...ifPlayedLate(presented).flatMap(each => oracle.predict(each, tap))];
      const right = predictions.find(prediction => isSame(prediction, tap));
      const expect = expectationOf(right === undefined ? due : [right]);
      const about = { command, ...(expect !== undefined && { expect }) };
      if (right === undefined) {
        const expected = predictions.map(prediction => JSON.stringify(prediction)).join(' or ');
        return { kind: `verdict ${tap.verdict}`, expected, got: JSON.stringify(tap), ...about };
      }
      if (tap.fareTaken) rides.take(presented, tap);
      book.note(presented, tap);
      const { outcome, phase } = right;
      const got = await screens.faultSince(tap, watch.log, (shot, audience) =>
        faultOfScreen(shot, audience, outcome, phase, presented.presented),
      );
      return got === undefined
        ? undefined
        : { kind: 'screen', expected: JSON.stringify(right), got, ...about };
    },
    judgeUnasked(watch, tap) {
      const isRefused = tap.verdict === 'invalid' && !tap.fareTaken;
      if (watch.isHostile && tap.reader === 'scanner' && isRefused) return undefined;
      const last = lastPresented(watch, tap);
      const isLate =
        last !== undefined && oracle.predict(last, tap).some(prediction => isSame(prediction, tap));
      if (!isLate && !isFrozenCode(watch, tap)) {
        return { kind: 'nobody', expected: 'no tap', got: JSON.stringify(tap) };
      }
      if (last !== undefined) book.note(last, tap);
      if (tap.fareTaken && last !== undefined) rides.take(last, tap);
      return undefined;
    },
    perhapsTaken(presented, moment) {
      rides.perhapsTake(presented, moment);
      book.unsure(presented, false, moment);
    },
    unsure: book.unsure,
  };
}

/** What a late tap may answer. A validator that starts reads the code in a frozen picture as a new one. */
function lastPresented(watch: PostWatch, { reader, to }: HeardTap): Presentation | undefined {
  if (reader === 'camera' && watch.wires.isFrozen) return watch.frozenWith;
  const latest = watch.last.get(reader);
  return latest !== undefined && to - latest.at < lateTapMs ? latest.presented : undefined;
}

/** The code in a frozen picture grows old, or has bought its ride. */
function isFrozenCode({ wires }: PostWatch, { reader, why }: HeardTap): boolean {
  return reader === 'camera' && wires.isFrozen && (why === 'expired' || why === 'used');
}
