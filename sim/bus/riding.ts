/** What passengers do at a validator: tap a card, show or scan a phone, hold up a picture. */
import { setTimeout as sleep } from 'node:timers/promises';
import { toHex } from '../../device/core/bytes.ts';
import { isRideCode } from '../../device/core/ride-code.ts';
import type { GreyFrame } from '../../drivers/code-reader/engine.ts';
import { renderFrame } from '../media/frame.ts';
import type { FrameOptions } from '../media/frame-options.ts';
import { type CardFaultName, cardFaults } from '../wires/card-faults.ts';
import type { CardFault, InsertedCard, WireCard } from '../wires/vpcd-card.ts';
import type { Belongings } from './belongings.ts';
import type { Presentations, TapResult } from './presentations.ts';
import { cameraSize, type PostName, type ValidatorPost } from './validator-post.ts';

/** Each resolves when the validator's log and screens have answered. */
export interface Riding {
  /** Taps a card, shows a phone. */
  present(post: PostName, passenger: string): Promise<TapResult>;
  tap(post: PostName, passenger: string, fault?: CardFaultName): Promise<TapResult>;
  scan(post: PostName, passenger: string): Promise<TapResult>;
  show(post: PostName, passenger: string, options: Partial<FrameOptions>): Promise<TapResult>;
  /** Holds anything before the camera. @param called what takes the passenger's place in the result */
  showFrame(post: PostName, called: string, frame: GreyFrame): Promise<TapResult>;
}

/** What a scanner prints within 150 ms after another code, and is no ride code, is of the same salvo. People take longer. */
const nextPassengerMs = 200;

export function createRiding(
  posts: Readonly<Record<PostName, ValidatorPost>>,
  belongings: Belongings,
  present: Presentations['present'],
): Riding {
  async function tap(post: PostName, passenger: string, fault?: CardFaultName): Promise<TapResult> {
    const card = belongings.cardOf(passenger);
    const faults = fault === undefined ? [] : [cardFaults[fault]()];
    let inserted: InsertedCard | undefined;
    const result = await present(post, passenger, async () => {
      inserted = await insertIfThere(posts[post], card, faults);
    });
    await inserted?.remove();
    return result;
  }

  async function showFrame(post: PostName, called: string, frame: GreyFrame): Promise<TapResult> {
    const result = await present(post, called, () => posts[post].show(frame));
    posts[post].show(undefined);
    return result;
  }

  async function show(post: PostName, passenger: string, options: Partial<FrameOptions>): Promise<TapResult> {
    const code = belongings.codeOf(passenger);
    return showFrame(post, passenger, renderFrame([code], { ...cameraSize, ...options }));
  }

  return {
    present: (post, passenger) =>
      belongings.has(passenger) === 'card' ? tap(post, passenger) : show(post, passenger, {}),
    tap,
    async scan(post, passenger) {
      const code = belongings.codeOf(passenger);
      return present(post, passenger, async () => {
        if (!isRideCode(code)) await sleep(nextPassengerMs);
        posts[post].scanner.send(toHex(code));
      });
    },
    show,
    showFrame,
  };
}

/** @returns undefined where there is no reader: pulled, or its validator is not running */
async function insertIfThere(
  post: ValidatorPost,
  card: WireCard,
  faults: readonly CardFault[],
): Promise<InsertedCard | undefined> {
  try {
    return await post.insert(card, faults);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED') return undefined;
    throw error;
  }
}
