/** The row of a tap, as a validator's journal has it: a registered passenger's card on a flat line, each time another one. */
import type { JournalColumns } from '../../device/journal/row-text.ts';

/** The token says which tap of which validator it is: none is counted twice. */
export function tokenOf(validator: number, tap: number): Uint8Array {
  const token = Buffer.alloc(8);
  token.writeUInt32BE(validator, 0);
  token.writeUInt32BE(tap, 4);
  return token;
}

export function tapRow(
  validator: number,
  tap: number,
  { line, bus }: { readonly line: string; readonly bus: string },
): JournalColumns {
  return {
    ...{ event: 'tap', at: Date.now(), reader: 'card', line, bus, kind: 't-union', card_kind: 'ordinary' },
    ...{ token: tokenOf(validator, tap), verdict: 'pass', phase: 'enforced', step: 'single' },
    ...{ fare_taken: 1, fare_fen: 100 },
  };
}
