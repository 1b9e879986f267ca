/**
 * How long passengers wait for their notice, over the one thing no validator can leave out: a durable row.
 *
 * The reference is subtracted by its median from both quantiles. To subtract its p99 from the p99 would excuse a
 * slow notice with a slow insert of another moment; a disk's outliers are the passenger's wait as well.
 */
import type { Figure } from '../report.ts';
import { median, type Quantiles, quantilesOf } from '../statistics.ts';
import type { TestStand } from '../test-stand.ts';
import { timeTaps } from './card.ts';
import { timeCodes } from './code.ts';
import { createReference } from './reference.ts';

const required = { card: { p50: 3, p99: 10 }, code: { p50: 10, p99: 25 } };

export async function measureNotices(stand: TestStand, directory: string): Promise<Figure[]> {
  const reference = createReference(directory);
  const card = quantilesOf(await timeTaps(stand, reference));
  const code = quantilesOf(await timeCodes(stand, reference));
  reference.close();
  const fsyncMs = median(reference.samples);
  return [
    { name: 'fsyncInsertMs', value: quantilesOf(reference.samples) },
    { name: 'card.noticeMs', value: card },
    { name: 'card.noticeOverFsyncMs', value: over(card, fsyncMs), required: { atMost: required.card } },
    { name: 'code.noticeMs', value: code },
    { name: 'code.noticeOverFsyncMs', value: over(code, fsyncMs), required: { atMost: required.code } },
  ];
}

function over({ p50, p99 }: Quantiles, referenceMs: number): Quantiles {
  return { p50: p50 - referenceMs, p99: p99 - referenceMs };
}
