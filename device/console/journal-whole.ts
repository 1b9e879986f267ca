/** What is asked of the journal as a whole: what is still to go, whether all rows are as they should be, a copy to take away. */
import { rename } from 'node:fs/promises';
import { z } from 'zod';
import { type Dialogue, Refusal } from './command.ts';
import type { ConsoleContext } from './context.ts';
import { count, instant, instantOf, timeText } from './data.ts';
import { columns } from './format.ts';
import { type Language, wordsIn } from './language.ts';

export const wholeWords = ['queue', 'verify', 'export'] as const;
type WholeWord = (typeof wholeWords)[number];

/** Null each unless it was asked for. */
export const wholeShape = z.object({
  /** What the back office has not acknowledged. */
  queue: z
    .object({
      rows: count,
      /** The oldest tap among them; null for none, and where it was before the start. */
      oldest: instant,
      acknowledgedSeq: count,
    })
    .nullable(),
  verified: z
    .object({
      rows: count,
      /** Of these the back office checks the chain: the validator cannot read them. */
      sealed: count,
      /** Without what was deleted after it had arrived. */
      missing: z.array(z.object({ first: z.int(), last: z.int() })),
      problems: z.array(z.string()),
    })
    .nullable(),
  /** The name of the file to send. */
  exported: z.object({ file: z.string(), rows: count, keys: z.array(z.string()) }).nullable(),
});

type Whole = z.infer<typeof wholeShape>;

export const nothingAsked: Whole = { queue: null, verified: null, exported: null };

const noUplink = new Refusal(
  'not-configured',
  'no uplink is configured: all rows stay in the journal',
  '未配置上传：记录都留在本机',
);

export async function askWhole(
  word: WholeWord,
  context: ConsoleContext,
  { say }: Pick<Dialogue, 'say'>,
  signal: AbortSignal,
): Promise<Whole | Refusal> {
  if (word === 'queue') return queueOf(context);
  say('all rows are gone through; Ctrl-C ends that', '正在处理全部记录；Ctrl-C 结束');
  const { clerk, outbox } = context.maintenance;
  if (word === 'verify') {
    const { rows, sealed, missing, problems } = await clerk.verify(() => acknowledged(context), signal);
    return { ...nothingAsked, verified: { rows, sealed, missing: [...missing], problems: [...problems] } };
  }
  const { name: file, path } = await outbox.next('journal', 'sqlite');
  const { rows, keys } = await clerk.export(`${path}.new`, signal);
  await rename(`${path}.new`, path);
  return { ...nothingAsked, exported: { file, rows, keys: [...keys] } };
}

function acknowledged({ uplink }: Pick<ConsoleContext, 'uplink'>): number {
  return uplink?.state().progress?.acknowledged ?? 0;
}

function queueOf(context: ConsoleContext): Whole | Refusal {
  if (context.uplink === undefined) return noUplink;
  const { lastSeq = 0 } = context.uplink.state();
  const acknowledgedSeq = acknowledged(context);
  const rows = Math.max(0, lastSeq - acknowledgedSeq);
  const waiting =
    context.journal
      .current()
      ?.newest(200)
      .filter(({ seq }) => seq > acknowledgedSeq) ?? [];
  // Memory has those since the start: of more nobody knows how old the oldest is.
  const oldest = waiting.length >= rows ? waiting.at(-1)?.at : undefined;
  return { ...nothingAsked, queue: { rows, oldest: instantOf(oldest), acknowledgedSeq } };
}

/** @returns undefined where nothing was asked for */
export function tellWhole({ queue, verified, exported }: Whole, language: Language): string | undefined {
  const say = wordsIn(language);
  if (queue !== null) {
    const oldest = queue.oldest === null ? say('not known', '未知') : timeText(queue.oldest);
    return columns([
      [say('still to go', '待上传'), String(queue.rows)],
      [say('oldest', '最早'), queue.rows === 0 ? say('none', '无') : oldest],
      [
        say('acknowledged', '已确认'),
        say(`up to row ${queue.acknowledgedSeq}`, `至第 ${queue.acknowledgedSeq} 条`),
      ],
    ]);
  }
  if (exported !== null) {
    const { file, rows } = exported;
    return say(`${rows} rows are in ${file}: send ${file}`, `${rows} 条记录已存入 ${file}：send ${file}`);
  }
  return verified === null ? undefined : verifiedText(verified, language);
}

function verifiedText(
  { rows, sealed, missing, problems }: NonNullable<Whole['verified']>,
  language: Language,
): string {
  const say = wordsIn(language);
  const gaps = missing.map(({ first, last }) =>
    say(`rows ${first} to ${last} are missing`, `缺少第 ${first} 至 ${last} 条`),
  );
  const wrong = [...problems, ...gaps];
  const head = say(
    `${rows} rows, ${sealed} of them sealed (their chain is checked by the back office)`,
    `${rows} 条记录，其中 ${sealed} 条已加密（链由后台检查）`,
  );
  return [head, ...(wrong.length === 0 ? [say('nothing is wrong', '没有问题')] : wrong)].join('\n');
}
