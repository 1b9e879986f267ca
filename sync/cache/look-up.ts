/** One look-up in an open generation: one statement, so that all it reads is of one version; every seal is checked. */
import type { LinkLookup } from '../../device/core/check.ts';
import { deniedSlot, markOf } from '../feed/denied-marks.ts';
import { FeedError } from '../feed/feed-error.ts';
import { checkValue, createLinkMac } from '../feed/link-mac.ts';
import { localOfSlot, noSlot, partitionOfSlot, tokenNumber } from '../feed/links.ts';
import { nibbleAt, statusOfValue } from '../feed/statuses.ts';
import { isLink } from './change-chain.ts';
import type { Generation } from './generation.ts';
import { checkOfValue, lookUp, pageOfSlot, slotOfValue, slotsPerPage } from './schema.ts';

/**
 * `another version`: somebody has written since the generation was opened.
 * @throws FeedError when what it reads is not as it was written
 */
export type LookUp = (token: Uint8Array) => LinkLookup | 'another version';

interface Row {
  readonly seal: Buffer;
  readonly changed: bigint;
  readonly next: bigint;
  readonly chain: bigint;
  readonly value: bigint | null;
  readonly markChanged: bigint;
  readonly markNext: bigint;
  readonly markChain: bigint;
  readonly mark: bigint | null;
  readonly page: Buffer | null;
}

export function createLookUp({ db, key, seals, state }: Generation): LookUp {
  const get = db.prepare<[{ key: bigint; mark: bigint }], Row>(lookUp).safeIntegers();
  const mac = createLinkMac(key);
  const seal = seals.ofState(state);
  const { linksAsOf, statusAsOf, partitions } = state;

  /** @throws FeedError */
  function checkChain(key: bigint, changed: bigint, next: bigint, chain: bigint): void {
    if (!isLink(seals, { key: changed, next, seal: Number(chain) }, key))
      throw new FeedError('the changes are damaged');
  }

  /** @throws FeedError */
  function slotIn(stored: bigint | null, number: bigint): number {
    if (stored === null) return noSlot;
    const value = Number(stored);
    const slot = slotOfValue(value);
    const blocks = mac.blocks({ tokens: BigUint64Array.of(number), slots: Uint32Array.of(slot) });
    if (checkValue(blocks, 0) !== checkOfValue(value)) throw new FeedError('a link is damaged');
    return slot;
  }

  /** @throws FeedError */
  function statusIn(page: Buffer | null, slot: number) {
    if (localOfSlot(slot) >= (partitions[partitionOfSlot(slot)]?.slots ?? 0)) return statusOfValue(0);
    const nibbles = page === null ? undefined : seals.openPage(pageOfSlot(slot), page);
    if (nibbles === undefined) throw new FeedError('a status page is missing or damaged');
    return statusOfValue(nibbleAt(nibbles, localOfSlot(slot) % slotsPerPage));
  }

  return token => {
    const number = tokenNumber(token);
    const markNumber = markOf(number);
    const key = BigInt.asIntN(64, number);
    const mark = BigInt.asIntN(64, markNumber);
    const row = get.get({ key, mark });
    if (row === undefined) throw new FeedError('the feed row or all changes are missing');
    if (!row.seal.equals(seal)) return 'another version';
    checkChain(key, row.changed, row.next, row.chain);
    checkChain(mark, row.markChanged, row.markNext, row.markChain);
    const denied = slotIn(row.mark, markNumber) === deniedSlot;
    const slot = slotIn(row.value, number);
    if (slot === noSlot || slot === deniedSlot) return { found: false, denied, linksAsOf };
    return { found: true, denied, status: statusIn(row.page, slot), linksAsOf, statusAsOf };
  };
}
