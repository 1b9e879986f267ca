/** `uplink`: whether this validator's rows reach the back office, and how many are still to go. */
import { z } from 'zod';
import { hideUserinfo } from '../../kit/address.ts';
import { command, Refusal } from '../command.ts';
import type { ConsoleContext } from '../context.ts';
import { count, milliseconds, problemOf, problemShape, problemText } from '../data.ts';
import { columns, duration } from '../format.ts';
import { type Language, wordsIn } from '../language.ts';

const notConfigured = new Refusal(
  'not-configured',
  'not configured: rows stay in the journal',
  '未配置：乘车记录留在本机',
);

/** How the uplink fares. */
export const uplinkShape = z.object({
  problem: problemShape,
  /** When the back office was heard last. */
  answeredAgoMs: milliseconds.nullable(),
  /** Rows that are still to go; null where it is not known. */
  queuedRows: count.nullable(),
});
type UplinkData = z.infer<typeof uplinkShape>;

export const uplink = command({
  name: 'uplink',
  usage: '',
  example: 'uplink',
  help: {
    en: 'whether rides reach the back office, and how many are still to go',
    zh: '乘车记录是否送达后台、还有多少待送',
  },
  access: 'anyone',
  schema: uplinkShape.extend({
    brokers: z.array(z.string()),
    /** 0 for none. */
    acknowledgedSeq: count,
    refused: z.object({ rows: count, lastSeq: z.number().nullable() }).nullable(),
  }),
  run(context) {
    const state = uplinkInShort(context);
    if (state === null || context.config.uplink === undefined) return notConfigured;
    const { acknowledged = 0, refused } = context.uplink?.state().progress ?? {};
    return {
      brokers: [context.config.uplink.url].flat().map(hideUserinfo),
      ...state,
      acknowledgedSeq: acknowledged,
      refused:
        refused === undefined || refused.rows === 0
          ? null
          : { rows: refused.rows, lastSeq: refused.last ?? null },
    };
  },
  tell(data, language) {
    const say = wordsIn(language);
    const { brokers, acknowledgedSeq, refused } = data;
    return columns([
      [say('broker', '消息服务器'), brokers.join(', ')],
      [say('state', '状态'), stateText(data, language)],
      [
        say('acknowledged', '已确认'),
        acknowledgedSeq === 0
          ? say('none', '无')
          : say(`up to row ${acknowledgedSeq}`, `至第 ${acknowledgedSeq} 条`),
      ],
      [say('still to go', '待送'), queueText(data, language)],
      ...(refused === null
        ? []
        : [
            [
              say('refused', '被拒收'),
              say(
                `${refused.rows} rows, the last is ${refused.lastSeq}: tell the back office`,
                `${refused.rows} 条，最后是第 ${refused.lastSeq} 条：请告知后台`,
              ),
            ],
          ]),
    ]);
  },
});

/** For `status`; null where none is configured. */
export function uplinkInShort(
  context: Pick<ConsoleContext, 'uplink' | 'clock' | 'monotonic'>,
): UplinkData | null {
  if (context.uplink === undefined) return null;
  const { problem, answeredAt, lastSeq, progress } = context.uplink.state();
  return {
    problem: problemOf(problem, context),
    answeredAgoMs: answeredAt === undefined ? null : context.monotonic() - answeredAt,
    queuedRows:
      lastSeq === undefined || progress === undefined ? null : Math.max(0, lastSeq - progress.acknowledged),
  };
}

/** A line of `status`. */
export function uplinkLine(uplink: UplinkData | null, language: Language): string {
  if (uplink === null) return notConfigured.message[language];
  const queue = queueText(uplink, language);
  return wordsIn(language)(
    `${stateText(uplink, language)}; ${queue} still to go`,
    `${stateText(uplink, language)}；待送 ${queue}`,
  );
}

function queueText({ queuedRows }: UplinkData, language: Language): string {
  const say = wordsIn(language);
  if (queuedRows === null) return say('not known how many rows', '条数未知');
  return say(`${queuedRows} ${queuedRows === 1 ? 'row' : 'rows'}`, `${queuedRows} 条`);
}

function stateText({ problem, answeredAgoMs }: UplinkData, language: Language): string {
  const say = wordsIn(language);
  if (problem !== null) return problemText(problem, language);
  if (answeredAgoMs === null) return say('not yet answered', '尚未应答');
  const ago = duration(answeredAgoMs, language);
  return say(`works, heard ${ago} ago`, `正常，${ago}前收到应答`);
}
