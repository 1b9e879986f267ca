/** Rows sealed as a validator's journal has them. */
import { setImmediate } from 'node:timers/promises';
import type { RowPlace, SealedRow } from '../device/data-ports.ts';
import { encodeRow, type JournalColumns } from '../device/journal/row-text.ts';
import { openRowSealer } from '../sync/uplink/row-sealer.ts';
import { keyIdOf } from '../sync/uplink/sealed-row.ts';

/** @param officeKey raw X25519, 32 bytes */
export async function sealRow(
  row: JournalColumns,
  { epoch = 1, ...place }: Omit<RowPlace, 'epoch'> & { readonly epoch?: number },
  officeKey: Uint8Array,
): Promise<Uint8Array> {
  return (await openRowSealer(officeKey)).seal(encodeRow(row), { ...place, epoch });
}

export async function sealRows(
  rows: readonly JournalColumns[],
  device: string,
  officeKey: Uint8Array,
): Promise<SealedRow[]> {
  const sealer = await openRowSealer(officeKey);
  const keyId = keyIdOf(officeKey);
  const sealed: SealedRow[] = [];
  for (const row of rows) {
    const seq = Number(row.seq);
    sealed.push({ seq, keyId, sealed: sealer.seal(encodeRow(row), { device, epoch: 1, seq }) });
    await setImmediate();
  }
  return sealed;
}
