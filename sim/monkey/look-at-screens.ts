/** Waits for what both screens of a validator must show. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Audience, audiences, type Bus, type ScreenShot } from '../bus/bus.ts';
import type { HeardTap } from './oracle.ts';
import type { Performed } from './perform.ts';
import type { ValidatorLog } from './validator-log.ts';

/** A notice stays for 2.5 s. */
const drawLimitMs = 2200;
/** A display that has just come back is drawn anew. */
const steadyMs = 500;
const pollMs = 30;

/**
 * @param faultOf what is wrong with a screen, if anything
 * @returns what is still wrong when the notice has gone
 */
export async function lookAtScreens(
  bus: Bus,
  tap: HeardTap,
  event: Performed['event'],
  log: ValidatorLog,
  faultOf: (shot: ScreenShot, audience: Audience) => string | undefined,
): Promise<string | undefined> {
  const isSteady = (audience: Audience) => {
    const part = log.parts.get(audience);
    return part?.works === true && part.since < tap.from - steadyMs;
  };

  function fault(audience: Audience): string | undefined {
    const shot = event?.[`${audience}Screen`] as ScreenShot | undefined;
    const isShown = shot !== undefined && faultOf(shot, audience) === undefined;
    return isShown ? undefined : faultOf(bus.screen(tap.post, audience), audience);
  }

  const look = () => audiences.filter(isSteady).map(fault).find(Boolean);
  let problem = look();
  while (problem !== undefined && Date.now() < tap.to + drawLimitMs) {
    await sleep(pollMs);
    problem = look();
  }
  return problem;
}
