/** Waits for what both screens of a validator must show, and keeps what they have shown. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Audience, audiences, type Bus, type ScreenShot } from '../bus/bus.ts';
import type { PostName } from '../bus/validator-post.ts';
import type { HeardTap } from './oracle.ts';
import type { ValidatorLog } from './validator-log.ts';

export interface ScreenWatch {
  /**
   * @param faultOf what is wrong with a screen, if anything
   * @returns what no screen since the tap has been without, when the notice has gone
   */
  look(
    tap: HeardTap,
    log: ValidatorLog,
    faultOf: (shot: ScreenShot, audience: Audience) => string | undefined,
  ): Promise<string | undefined>;
}

interface Seen {
  readonly at: number;
  readonly post: PostName;
  readonly audience: Audience;
  readonly shot: ScreenShot;
}

/** A notice stays for 2.5 s. */
const drawLimitMs = 2200;
/** A display that has just come back is drawn anew. */
const steadyMs = 500;
const pollMs = 30;
const kept = 100;

export function watchScreens(bus: Bus): ScreenWatch {
  const seen: Seen[] = [];
  bus.onScreen((post, audience) => {
    seen.push({ at: Date.now(), post, audience, shot: bus.screen(post, audience) });
    if (seen.length > kept) seen.shift();
  });
  return {
    async look(tap, { parts }, faultOf) {
      const isSteady = (audience: Audience) => {
        const part = parts.get(audience);
        return part?.works === true && part.since < tap.from - steadyMs;
      };
      const faultAt = (audience: Audience) => {
        const shown = seen.filter(
          each => each.post === tap.post && each.audience === audience && each.at >= tap.from,
        );
        if (shown.some(({ shot }) => faultOf(shot, audience) === undefined)) return undefined;
        return faultOf(bus.screen(tap.post, audience), audience);
      };
      const fault = () => audiences.filter(isSteady).map(faultAt).find(Boolean);
      let problem = fault();
      while (problem !== undefined && Date.now() < tap.to + drawLimitMs) {
        await sleep(pollMs);
        problem = fault();
      }
      return problem;
    },
  };
}
