/** A card held to where there may be no reader. */
import type { CardFault, InsertedCard, WireCard } from '../wires/vpcd-card.ts';
import type { ValidatorPost } from './validator-post.ts';

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
