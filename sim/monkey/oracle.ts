/** The oracle: all outcomes that a presentation may have, given what the validator can know at that moment. */
import type { Phase } from '../../device/core/policy.ts';
import type { PostName } from '../bus/validator-post.ts';
import type { Facts, Outcome, Rules } from './oracle-rules.ts';
import type { Health, World } from './oracle-world.ts';
import type { Presentation } from './presentation.ts';
import type { RideMemory } from './ride-memory.ts';
import type { HeldData, HeldPhase } from './validator-log.ts';

/** What the firmware logged of one presentation, with what it had told of itself before. */
export interface HeardTap {
  readonly post: PostName;
  readonly event: 'tap' | 'card-lost';
  readonly reader: string;
  readonly seq: number | undefined;
  readonly verdict: string;
  readonly why: string | undefined;
  readonly phase: Phase;
  readonly fareTaken: boolean;
  readonly fareFen: number;
  /** The moment of the verdict lies between these; Unix milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly data: HeldData;
  readonly heldPhase: HeldPhase | undefined;
}

export interface Prediction {
  readonly phase: Phase;
  readonly outcome: Outcome;
}

export interface Oracle {
  /** Everything that it may come to, without doubles. */
  predict(presentation: Presentation, tap: HeardTap): Prediction[];
}

/** Answers on their way when the network goes are still taken in, and unpacked. */
const afterCutMs = 3000;

export interface OracleParts {
  readonly world: World;
  readonly rides: RideMemory;
  readonly rules: Rules;
}

export function createOracle({ world, rides, rules }: OracleParts): Oracle {
  /** Until when something newer than what the validator told of may have come to it. */
  function reachableUntil(since: number, { to }: HeardTap): number {
    const { network } = world;
    if (network.during(to - afterCutMs, to).includes('on')) return to;
    return network.during(since, to).includes('on') ? network.changedAt + afterCutMs : since;
  }

  function phases(tap: HeardTap): Phase[] {
    const held = tap.heldPhase;
    const since = held?.heardAt ?? Number.NEGATIVE_INFINITY;
    const newer = world.phase.during(since, reachableUntil(since, tap));
    return held === undefined ? newer : [held.phase, ...newer];
  }

  function data(passenger: string, tap: HeardTap): Pick<Facts, 'data' | 'health'>[] {
    const held = tap.data;
    const healthDuring = (from: number, to: number): Health[] =>
      world.health.get(passenger)?.during(from, to) ?? ['none'];
    const since = held.holds === 'none' ? held.heardAt : held.since;
    const until = Math.max(since, reachableUntil(since, tap));
    const all: Pick<Facts, 'data' | 'health'>[] = [];
    const wasEmptied = world.emptied.during(held.heardAt, tap.to).length > 1;
    if (held.holds === 'none' || wasEmptied) all.push({ data: 'none', health: 'none' });
    if (held.holds === 'stale') all.push({ data: 'stale', health: 'none' });
    if (held.holds === 'fresh') {
      for (const health of healthDuring(since, since)) all.push({ data: 'fresh', health });
    }
    if (until > since) {
      for (const edition of world.edition.during(since, until)) {
        for (const health of healthDuring(since, until)) all.push({ data: edition, health });
      }
    }
    return all;
  }

  return {
    predict(presentation, tap) {
      const repeats = rides.isRepeat(presentation, tap);
      const predictions = phases(tap).flatMap(phase =>
        data(presentation.passenger, tap).flatMap(known =>
          repeats.map(isRepeat => ({
            phase,
            outcome: rules({
              medium: presentation.medium,
              isRepeat,
              isPilotLine: world.isPilotLine,
              phase,
              ...known,
            }),
          })),
        ),
      );
      const unique = new Map(predictions.map(prediction => [JSON.stringify(prediction), prediction]));
      return [...unique.values()];
    },
  };
}
