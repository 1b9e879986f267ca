/** The oracle: all outcomes that a presentation may have, by what the validator can know at that moment. */
import type { Phase } from '../../device/core/phase.ts';
import type { HeardTap } from './heard-tap.ts';
import { createHistory, type History } from './history.ts';
import type { Facts, Outcome, Rules } from './oracle-rules.ts';
import type { Health, World } from './oracle-world.ts';
import type { Presentation } from './presentation.ts';
import type { RideBook } from './ride-book.ts';
import type { RideMemory } from './ride-memory.ts';

export interface Prediction {
  readonly phase: Phase;
  readonly outcome: Outcome;
}

export interface Oracle {
  /** @returns every possible outcome once */
  predict(presentation: Presentation, tap: HeardTap): Prediction[];
}

const unlinked: History<Health> = createHistory<Health>('none');
const neverDenied = createHistory(false);
/** An answer that is under way when the network goes may still come for so long. */
const underWayMs = 1000;
/** By then the validator has unpacked the answer, and told of it. */
const afterCutMs = 5000;
/** The slot is looked at each second. */
const psamTakeUpMs = 5000;

export interface OracleParts {
  readonly world: World;
  readonly rides: RideMemory;
  readonly book: Pick<RideBook, 'steps'>;
  readonly rules: Rules;
}

export function createOracle({ world, rides, book, rules }: OracleParts): Oracle {
  /** Versions published until then may have reached the validator; undefined where none can have. */
  function reachableUntil({ to }: HeardTap): number | undefined {
    const { network } = world;
    if (network.latest === 'on') return to;
    const wasOn = network.during(to - afterCutMs, to).includes('on');
    return wasOn ? Math.min(to, network.changedAt + underWayMs) : undefined;
  }

  /** What its own version says, and what newer versions say that it may have by now. */
  function known<T>(history: History<T>, tap: HeardTap): T[] {
    const { version, holds } = tap.data;
    const until = reachableUntil(tap);
    const own = holds === 'none' ? [] : history.inVersion(version);
    return until === undefined ? own : [...own, ...history.sinceVersion(version, until)];
  }

  /** Without data a validator follows the policy in its settings, which is the newest. */
  function phases(tap: HeardTap): Phase[] {
    if (tap.data.holds !== 'none') return known(world.phase, tap);
    return world.phase.sinceVersion(tap.data.version, tap.to);
  }

  function data(passenger: string, tap: HeardTap): Pick<Facts, 'data' | 'health' | 'isDenied'>[] {
    const { holds, heardAt } = tap.data;
    const wasEmptied = world.emptied.during(heardAt, tap.to).length > 1;
    const ages = [...(holds === 'none' ? [] : [holds]), ...newerEditions(tap)];
    const statuses = known(world.healthOf(passenger) ?? unlinked, tap);
    const lists = known(world.deniedOf(passenger) ?? neverDenied, tap);
    const all = ages.flatMap(age =>
      statuses.flatMap(health => lists.map(isDenied => ({ data: age, health, isDenied }))),
    );
    const nothing = { data: 'none', health: 'none', isDenied: false } as const;
    return holds === 'none' || wasEmptied ? [...all, nothing] : all;
  }

  function newerEditions(tap: HeardTap) {
    const until = reachableUntil(tap);
    return until === undefined ? [] : world.edition.sinceVersion(tap.data.version, until);
  }

  /** A PSAM that was changed is taken up some seconds later; one that is played late does not answer in time. */
  function psams({ isPsamLate }: Presentation, tap: HeardTap): Facts['psam'][] {
    const states = world.psamOf(tap.post).during(tap.from - psamTakeUpMs, tap.to);
    const mayFail = isPsamLate === true || !tap.isPsamWell;
    return [...new Set(mayFail ? [...states, 'fails' as const] : states)];
  }

  return {
    predict(presentation, tap) {
      const repeats = rides.isRepeat(presentation, tap);
      const facts = phases(tap).flatMap(phase =>
        data(presentation.passenger, tap).flatMap(known =>
          repeats.flatMap(isRepeat =>
            psams(presentation, tap).flatMap(psam =>
              book.steps(presentation, tap).map(ride => ({ ...known, phase, isRepeat, psam, ride })),
            ),
          ),
        ),
      );
      const { isPilotLine } = world;
      const { medium } = presentation;
      const predictions = facts.map(each => ({
        phase: each.phase,
        outcome: rules({ ...each, medium, isPilotLine }),
      }));
      const unique = new Map(predictions.map(prediction => [JSON.stringify(prediction), prediction]));
      return [...unique.values()];
    },
  };
}
