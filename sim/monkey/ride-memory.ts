/** The rides that each validator has taken, for the five seconds in which another tap is a repeat. */
import type { PostName } from '../bus/validator-post.ts';

interface Moment {
  readonly from: number;
  readonly to: number;
}

export interface RideMemory {
  take(who: Who, moment: Moment): void;
  /** The ride may have been taken: the power went before the validator told. */
  perhapsTake(who: Who, moment: Moment): void;
  /** @returns the answers that are possible */
  isRepeat(who: Who, moment: Moment): boolean[];
}

interface Who {
  readonly post: PostName;
  readonly passenger: string;
}

interface Ride extends Moment {
  readonly isCertain: boolean;
}

const windowMs = 5000;
/** The log's clock and the validator's, which follows the satellites, may differ by so much. */
const clockErrorMs = 300;

export function createRideMemory(): RideMemory {
  const rides = new Map<string, Ride[]>();
  const keyOf = ({ post, passenger }: Who) => `${post} ${passenger}`;
  const add = (who: Who, ride: Ride) => {
    rides.set(keyOf(who), [...(rides.get(keyOf(who)) ?? []), ride].slice(-4));
  };

  function standing(ride: Ride, moment: Moment): boolean[] {
    const longest = moment.to - ride.from + clockErrorMs;
    const shortest = moment.from - ride.to - clockErrorMs;
    const canBe = shortest < windowMs;
    const mustBe = longest < windowMs && ride.isCertain;
    if (mustBe) return [true];
    return canBe ? [true, false] : [false];
  }

  return {
    take: (who, { from, to }) => add(who, { from, to, isCertain: true }),
    perhapsTake: (who, { from, to }) => add(who, { from, to, isCertain: false }),
    isRepeat(who, moment) {
      const all = (rides.get(keyOf(who)) ?? []).map(ride => standing(ride, moment));
      if (all.some(says => !says.includes(false))) return [true];
      return all.some(says => says.includes(true)) ? [true, false] : [false];
    },
  };
}
