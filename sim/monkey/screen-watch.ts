/** Keeps what the screens have shown, and waits for what both screens of a validator must show after a tap. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Audience, audiences } from '../../device/core/screen.ts';
import type { Bus } from '../bus/bus.ts';
import type { ScreenShot } from '../bus/screens.ts';
import type { PostName } from '../bus/validator-post.ts';
import type { HeardTap } from './heard-tap.ts';
import type { ValidatorLog } from './validator-log.ts';

export interface ScreenWatch {
  /**
   * @param faultOf what is wrong with a screen, if anything
   * @returns a fault that every screen since the tap had, until the notice is gone; undefined where one was right
   */
  faultSince(
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

/** Waited out only where a screen is wrong: a notice that has gone meanwhile was seen. */
const drawLimitMs = 10_000;
/** A display that has just come back is drawn again within this. */
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
    async faultSince(tap, { parts }, faultOf) {
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
