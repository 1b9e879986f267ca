/** `taps`: the last ten, for somebody who stands there and says that the validator was wrong. From memory alone. */
import { z } from 'zod';
import type { NewestTap } from '../../tap/newest-taps.ts';
import { command } from '../command.ts';
import { instant, instantOf, timeText } from '../data.ts';
import { columns, yuan } from '../format.ts';
import { wordsIn } from '../language.ts';

const tap = z.object({
  at: instant,
  reader: z.string(),
  medium: z.string(),
  /** Of the medium's number, two; null for what is not taken here. */
  lastDigits: z.string().nullable(),
  verdict: z.string(),
  reason: z.string().nullable(),
  step: z.string().nullable(),
  fareTaken: z.boolean(),
  fareFen: z.int(),
  /** In the journal; null where no ride was taken. */
  seq: z.int().nullable(),
});

export const taps = command({
  name: 'taps',
  usage: '',
  example: 'taps',
  help: {
    en: "the last ten since the start: time, the medium's last two digits, verdict, fare",
    zh: '启动以来最近十次：时间、介质末两位、结果、扣款',
  },
  access: 'technician',
  schema: z.object({ taps: z.array(tap) }),
  run: ({ maintenance }) => ({ taps: maintenance.newestTaps.list().map(tapOf) }),
  tell({ taps }, language) {
    const say = wordsIn(language);
    if (taps.length === 0) return say('none since the start', '启动以来没有');
    const heads = say(
      'time reader medium ends verdict fare seq',
      '时间 读卡器 介质 末两位 结果 扣款 序号',
    ).split(' ');
    const rows = taps.map(each => [
      timeText(each.at),
      each.reader,
      each.medium,
      each.lastDigits ?? '-',
      [each.verdict, each.reason === null ? '' : `(${each.reason})`, each.step ?? '']
        .filter(Boolean)
        .join(' '),
      each.fareTaken ? yuan(each.fareFen, language) : say('no fare', '未扣款'),
      each.seq === null ? '-' : String(each.seq),
    ]);
    return columns([heads, ...rows]);
  },
});

function tapOf({ at, lastDigits, reason, step, seq, ...rest }: NewestTap): z.infer<typeof tap> {
  return {
    ...rest,
    at: instantOf(at),
    lastDigits: lastDigits ?? null,
    reason: reason ?? null,
    step: step ?? null,
    seq: seq ?? null,
  };
}
