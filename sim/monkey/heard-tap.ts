/** One tap as a validator's log tells of it. */
import type { Phase } from '../../device/core/phase.ts';
import type { PostName } from '../bus/validator-post.ts';
import type { HeldData } from './validator-log.ts';

/** What the firmware logged of one presentation, with the data that it had told of before. */
export interface HeardTap {
  readonly post: PostName;
  readonly event: 'tap' | 'card-lost';
  readonly reader: string;
  readonly seq: number | undefined;
  readonly verdict: string;
  readonly why: string | undefined;
  readonly phase: Phase;
  readonly fareTaken: boolean;
  readonly fareFen: number;
  /** Getting on or off, where the validator says so. */
  readonly step: string | undefined;
  /** stop_id of where it was; undefined where the bus did not know it. */
  readonly stop: string | undefined;
  /** What the validator says that the card has paid; undefined where it took no part. */
  readonly paidFen: number | undefined;
  /** It was torn before: this tap shows that the card has paid all the same. */
  readonly isMended: boolean;
  /** Its validator has said that its PSAM works. */
  readonly isPsamWell: boolean;
  /** The moment of the verdict lies between these; Unix milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly data: HeldData;
}
