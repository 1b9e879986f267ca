/** Opens a batch that its validator has signed, stores its rows, and says which are stored. */
import { type Batch, decodeBatch } from '../../../sync/uplink/batch.ts';
import { type Bodies, rangesOf } from '../../../sync/uplink/messages.ts';
import type { RowReader } from '../intake/row-reader.ts';
import type { Intake } from '../intake/take-rows.ts';

export interface BatchTaken {
  readonly ack: Omit<Bodies['ack'], 'answers'>;
  /** Rows that were not there yet. */
  readonly new: number;
  /** Why some were refused, of the first few. */
  readonly problems: readonly string[];
  /** They were sealed for a key that nobody has any more, and lie there as they came. */
  readonly keptIn?: string;
}

export interface BatchTakers {
  readonly reader: RowReader;
  readonly intake: Intake;
  /** @returns the file; undefined where the key is not known to be lost */
  keepLost(device: string, batch: Batch): string | undefined;
}

/**
 * @returns what is to be acknowledged: it is on the disk; a text where the batch is none or its key is not here: then nothing is, and
 * the validator keeps its rows
 * @throws DeviceError storage, the database's errors
 */
export async function takeBatch(
  device: string,
  body: Buffer,
  { reader, intake, keepLost }: BatchTakers,
): Promise<BatchTaken | string> {
  const batch = decodeBatch(body);
  if (batch === undefined) return 'no batch of rows';
  const { epoch, keyId } = batch;
  const seqs = batch.rows.map(({ seq }) => seq);
  if (!reader.hasKey(keyId)) {
    const keptIn = keepLost(device, batch);
    if (keptIn === undefined) return `sealed for key ${keyId}, which is not here`;
    return { ack: { taken: rangesOf(seqs), refused: [] }, new: 0, problems: [], keptIn };
  }
  const raw = batch.rows.map(({ seq, sealed }) => ({ seq, keyId, body: sealed }));
  const read = await reader.read({ device, epoch }, raw);
  const refused = new Set(read.refused);
  const taken = await intake.takeRows({ device, epoch }, read.rows, seq => refused.add(seq));
  return {
    ack: {
      taken: rangesOf(seqs.filter(seq => !refused.has(seq))),
      refused: rangesOf(seqs.filter(seq => refused.has(seq))),
    },
    new: taken.new,
    problems: [...read.problems, ...taken.problems].slice(0, 5),
  };
}
