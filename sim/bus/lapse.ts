/**
 * Lets time go by on the bus without waiting for it: the clocks of back office, satellites, phones and validators are put on
 * together, in steps, and after each the back office does what it would have done meanwhile.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { BusTime } from './bus-time.ts';
import type { BusOffice } from './office/bus-office.ts';
import { type PostName, postNames, type ValidatorPost } from './validator-post.ts';

export interface LapseParts {
  readonly time: BusTime;
  readonly posts: Readonly<Record<PostName, Pick<ValidatorPost, 'gnss'>>>;
  readonly office: Pick<BusOffice, 'freshMs' | 'renew'>;
  /** By then all is read that the satellites told before; half a second unless given. */
  readonly settlingMs?: number;
  /** By then validators believe the satellites: after three fixes. */
  readonly believedMs?: number;
}

/** The publisher signs nothing after a pause of a day. */
const longestStepMs = 12 * 3_600_000;
/** The rest is for asking, publishing and fetching. */
const freshPart = 3 / 4;
/** With steps so short that nothing grows too old in one, a long lapse would take for ever. */
const mostSteps = 64;
const usualSettlingMs = 500;
const usualBelievedMs = 800;

export async function lapse(
  ms: number,
  { time, posts, office, settlingMs = usualSettlingMs, believedMs = usualBelievedMs }: LapseParts,
): Promise<void> {
  const until = time.now() + ms;
  const leftMs = () => Math.max(0, until - time.now());
  while (leftMs() > 0) {
    const stepMs = Math.min(longestStepMs, Math.max(ms / mostSteps, office.freshMs * freshPart));
    for (const post of postNames) posts[post].gnss.hold(true);
    await sleep(settlingMs);
    // What the steps themselves take is part of the time that goes by.
    time.putOn(Math.ceil(Math.min(leftMs(), stepMs)));
    for (const post of postNames) posts[post].gnss.hold(false);
    // Validators hear of a new version at once, and would find it ahead of their clocks.
    await sleep(believedMs);
    await office.renew();
  }
}
