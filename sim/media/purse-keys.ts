/** Keys of the simulator's purses and PSAMs. They are made up here and open to all: no real card or module has them. */
import { ascii } from './encoding.ts';

export interface PurseKeys {
  /** 16 bytes: of it every card has its purchase key. */
  readonly purchase: Uint8Array;
  /** 16 bytes: of it every card has its TAC key, which only the back office shares. */
  readonly tac: Uint8Array;
}

export const testPurseKeys: PurseKeys = {
  purchase: ascii('TEST PURCHASE K.'),
  tac: ascii('TEST TAC KEY .. '),
};
/** The index under which cards keep the purchase key. */
export const purchaseKeyIndex = 0x01;
