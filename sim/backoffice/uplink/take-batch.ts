/** Opens a batch that its validator has signed, stores its rows, and says which are stored. */
import { messageOf } from '../../../device/kit/errors.ts';
import { decodeBatch } from '../../../sync/uplink/batch.ts';
import { type Bodies, rangesOf } from '../../../sync/uplink/messages.ts';
import { openRow } from '../../../sync/uplink/sealed-row.ts';
import type { Intake } from '../intake/take-rows.ts';
import { tapColumns } from '../intake/tap-row.ts';
import type { UplinkKeys } from './office-keys.ts';

export interface BatchTaken {
  readonly ack: Omit<Bodies['ack'], 'answers'>;
  /** Rows that were not there yet. */
  readonly new: number;
  /** Why some were refused, of the first few. */
  readonly problems: readonly string[];
}

/**
 * @returns what is to be acknowledged: it is on the disk; a text where the batch is none or its key is not here: then nothing is, and
 * the validator keeps its rows
 * @throws DeviceError storage, the database's errors
 */
export async function takeBatch(
  device: string,
  body: Buffer,
  keys: Pick<UplinkKeys, 'opening'>,
  intake: Intake,
): Promise<BatchTaken | string> {
  const batch = decodeBatch(body);
  if (batch === undefined) return 'no batch of rows';
  const key = keys.opening(batch.keyId);
  if (key === undefined) return `sealed for key ${batch.keyId}, which is not here`;
  const refused = new Set<number>();
  const problems: string[] = [];
  const rows: object[] = [];
  for (const { seq, sealed } of batch.rows) {
    try {
      rows.push(whole(seq, await openRow(sealed, { device, seq }, batch.keyId, key)));
    } catch (error) {
      refused.add(seq);
      problems.push(`row ${seq}: ${messageOf(error) || 'not sealed for us'}`);
    }
  }
  const taken = await intake.takeRows({ device, epoch: 1 }, rows, seq => refused.add(seq));
  const seqs = batch.rows.map(({ seq }) => seq);
  return {
    ack: {
      taken: rangesOf(seqs.filter(seq => !refused.has(seq))),
      refused: rangesOf(seqs.filter(seq => refused.has(seq))),
    },
    new: taken.new,
    problems: [...problems, ...taken.problems].slice(0, 5),
  };
}

const nothing = Object.fromEntries(tapColumns.map(column => [column, null]));

/** Columns that are null do not travel. Where the row stands is what its seal says. */
function whole(seq: number, row: Readonly<Record<string, unknown>>): object {
  if (row.seq !== seq) throw new Error(`it says that it is another`);
  return { ...nothing, ...row };
}
