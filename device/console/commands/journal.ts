/** `journal`: the newest rides, and how many there are. */
import { z } from 'zod';
import type { JournalCount } from '../../journal/journal.ts';
import type { JournalRow } from '../../journal/newest-taps.ts';
import { command, Refusal } from '../command.ts';
import { count, instant, instantOf, timeText } from '../data.ts';
import { columns, yuan } from '../format.ts';
import { askWhole, nothingAsked, tellWhole, wholeShape, wholeWords } from '../journal-whole.ts';
import { type Language, wordsIn } from '../language.ts';

const defaultRows = 10;
const maxRows = 200;

const tap = z.object({
  seq: z.int(),
  at: instant,
  reader: z.string(),
  medium: z.string().nullable(),
  verdict: z.string(),
  reason: z.string().nullable(),
  fareTaken: z.boolean(),
  fareFen: z.int(),
  /** Whether it has got on or off, or was paid at boarding; null where no ride was taken. */
  step: z.string().nullable(),
  /** How its purchase has ended, or that it is still open; null where there was none. */
  purchase: z.string().nullable(),
  /** By whom the crew's word came, and on which row; null where it was not needed. */
  checked: z.object({ by: z.string(), seq: z.int().nullable() }).nullable(),
});

/** How many rows there are. */
export const journalShape = z.object({
  /** Taps; the ends of purchases are not counted. */
  taps: count,
  lastSeq: z.int(),
  lost: count,
  openPurchases: count,
});

export const journal = command({
  name: 'journal',
  usage: '[ROWS|queue|verify|export]',
  example: 'journal 20',
  help: {
    en: `the newest taps, ${defaultRows} unless told; queue: what is still to go; verify: all rows; export: a file to send`,
    zh: `最近的乘车记录，默认 ${defaultRows} 条；queue：待上传；verify：检查全部；export：导出为可传送的文件`,
  },
  access: 'technician',
  schema: z.object({
    /** The newest first. */
    newest: z.array(tap),
    count: journalShape,
    /** Earlier ones are sealed: only the back office reads them. */
    isCut: z.boolean(),
    whole: wholeShape,
  }),
  words: () => [...wholeWords],
  async run(context, [text], dialogue, signal) {
    const { journal, config } = context;
    const word = wholeWords.find(each => each === text);
    const whole = word === undefined ? nothingAsked : await askWhole(word, context, dialogue, signal);
    if (whole instanceof Refusal) return whole;
    const wanted = text === undefined || word !== undefined ? defaultRows : Number(text);
    if (!Number.isInteger(wanted) || wanted < 1 || wanted > maxRows) return badRows;
    const current = journal.current();
    if (current === undefined) return notUsable(config.journal);
    const newest = current.newest(wanted).map(tapOf);
    const rows = countOf(current.count());
    const isCut = current.isSealed && newest.length < Math.min(wanted, rows.taps);
    return { newest, count: rows, isCut, whole };
  },
  tell({ newest, count, isCut, whole }, language) {
    const say = wordsIn(language);
    const asked = tellWhole(whole, language);
    if (asked !== undefined) return `${asked}\n${journalLine(count, language)}`;
    const heads = say('seq time reader medium verdict fare', '序号 时间 读卡器 介质 结果 扣款').split(' ');
    const table = columns([heads, ...newest.map(each => rowText(each, language))]);
    const sealed = say(
      'earlier ones are sealed: only the back office reads them',
      '更早的已加密：只有后台能读',
    );
    return [table, ...(isCut ? [sealed] : []), journalLine(count, language)].join('\n');
  },
});

const badRows = new Refusal('usage', `journal: ROWS is 1 to ${maxRows}`, `journal：条数为 1 至 ${maxRows}`);

function notUsable(file: string): Refusal {
  return new Refusal(
    'unavailable',
    `the journal ${file} is not usable: see status`,
    `乘车记录 ${file} 不可用：见 status`,
  );
}

function tapOf(row: JournalRow): z.infer<typeof tap> {
  const { seq, reader, kind, verdict, reason, fareFen, step, purchase, checkedBy, checkedRow } = row;
  return {
    ...{ seq, reader, verdict, reason, fareFen, step, purchase },
    at: instantOf(row.at),
    medium: kind,
    fareTaken: Boolean(row.fareTaken),
    checked: checkedBy === null ? null : { by: checkedBy, seq: checkedRow },
  };
}

function rowText(each: z.infer<typeof tap>, language: Language): string[] {
  const say = wordsIn(language);
  const { seq, at, reader, medium, verdict, reason, step, checked, fareTaken, fareFen, purchase } = each;
  const stepText = step === 'on' || step === 'off' ? `, ${step}` : '';
  const checkedText =
    checked === null
      ? ''
      : say(`, seq ${checked.seq} confirmed by ${checked.by}`, `, 第 ${checked.seq} 条由 ${checked.by} 确认`);
  const open = say('not settled', '未结清');
  const purchaseText = purchase === null ? '' : `, ${purchase === 'begun' ? open : purchase}`;
  return [
    String(seq),
    timeText(at),
    reader,
    medium ?? '-',
    verdict + (reason === null ? '' : ` (${reason})`) + stepText + checkedText,
    fareTaken ? `${yuan(fareFen, language)}${purchaseText}` : say('no fare', '未扣款'),
  ];
}

export function countOf({ rows, lastSeq, lost, openPurchases }: JournalCount): z.infer<typeof journalShape> {
  return { taps: rows, lastSeq, lost, openPurchases };
}

/** A line of `status` too. */
export function journalLine(
  { taps, lastSeq, lost, openPurchases }: z.infer<typeof journalShape>,
  language: Language,
): string {
  const say = wordsIn(language);
  const open =
    openPurchases === 0
      ? ''
      : say(`, ${openPurchases} purchases not settled`, `，${openPurchases} 笔扣款未结清`);
  const lostText = lost === 0 ? '' : say(`, ${lost} LOST`, `，丢失 ${lost} 条`);
  return say(
    `${taps} taps, last seq ${lastSeq}${lostText}${open}`,
    `${taps} 次刷卡，最后序号 ${lastSeq}${lostText}${open}`,
  );
}
