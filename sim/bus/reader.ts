/** A validator's card reader: the `reader` command that pulls it, and cards held to where it may not be. */
import type { CardFault, InsertedCard, WireCard } from '../wires/vpcd-card.ts';
import type { ValidatorPost } from './validator-post.ts';

export const readerStates = ['out', 'in'] as const;

/** @throws WrongUsage where the wiring has no reader to pull */
export async function plugReader(post: ValidatorPost, state: (typeof readerStates)[number]) {
  await post.plugReader(state === 'in');
  return { event: 'reader', validator: post.name, state };
}

/** @returns undefined where there is no reader: pulled, or its validator is not running */
export async function insertIfThere(
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
