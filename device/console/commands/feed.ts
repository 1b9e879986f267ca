/** `feed` and `sync`: which feed keeps the cache up to date, how that goes, and syncing at once. */
import { z } from 'zod';
import { hideUserinfo } from '../../kit/address.ts';
import { command, Refusal } from '../command.ts';
import type { ConsoleContext } from '../context.ts';
import { instant, instantOf, milliseconds, problemOf, problemShape, problemText, timeText } from '../data.ts';
import { columns, duration } from '../format.ts';
import { type Language, wordsIn } from '../language.ts';
import { usableUntilOf } from '../remedies.ts';

const notConfigured = new Refusal(
  'not-configured',
  'not configured: the link cache is delivered otherwise',
  '未配置：关联缓存由其他方式送达',
);

/** How the feed fares. */
export const feedShape = z.object({
  problem: problemShape,
  lastSuccess: z
    .object({ at: instant, agoMs: milliseconds, how: z.string(), version: z.number() })
    .nullable(),
  /** Until when health codes can be checked if nothing new comes; null where they cannot. */
  healthCodesUntil: instant,
});
type FeedData = z.infer<typeof feedShape>;

export const feed = command({
  name: 'feed',
  usage: '',
  example: 'feed',
  help: {
    en: 'where the health-code links come from, and when they last did',
    zh: '健康码关联数据从何而来、最近何时更新',
  },
  access: 'anyone',
  schema: feedShape.extend({ url: z.string(), root: z.string(), pollS: z.number() }),
  run(context) {
    const { config } = context;
    const state = feedInShort(context);
    if (state === null || config.feed === undefined) return notConfigured;
    const { url, root, pollS } = config.feed;
    return { url: hideUserinfo(url), root, pollS, ...state };
  },
  tell(data, language) {
    const say = wordsIn(language);
    const { url, root, pollS, lastSuccess, healthCodesUntil } = data;
    const unusable = say('cannot be checked: `status` says why', '无法核验：原因见 status');
    return columns([
      [say('url', '网址'), url],
      [say('trusted root', '信任根'), root],
      [say('asked every', '询问间隔'), `${pollS} ${say('s', '秒')}`],
      [say('state', '状态'), stateText(data, language)],
      [say('last success', '最近成功'), successText(data, language)],
      [
        say('last version', '最近版本'),
        lastSuccess === null ? say('none', '无') : String(lastSuccess.version),
      ],
      [say('health codes', '健康码'), usableText(healthCodesUntil, language, unusable)],
    ]);
  },
});

export const sync = command({
  name: 'sync',
  usage: '',
  example: 'sync',
  help: { en: 'asks the feed now, not only when it is due', zh: '立即询问数据源' },
  access: 'technician',
  schema: z.object({ asked: z.literal(true) }),
  run({ feed }) {
    if (feed === undefined) return notConfigured;
    feed.syncNow();
    return { asked: true };
  },
  tell: (_data, language) => wordsIn(language)('asked', '已询问'),
});

/** For `status`; null where none is configured. */
export function feedInShort(context: ConsoleContext): FeedData | null {
  if (context.feed === undefined) return null;
  const { problem, lastSuccess } = context.feed.state();
  const agoMs = context.monotonic() - (lastSuccess?.at ?? 0);
  return {
    problem: problemOf(problem, context),
    lastSuccess:
      lastSuccess === undefined ? null : { ...lastSuccess, at: instantOf(context.clock() - agoMs), agoMs },
    healthCodesUntil: instantOf(usableUntilOf(context)),
  };
}

/** A line of `status`. */
export function feedLine(feed: FeedData | null, language: Language): string {
  const say = wordsIn(language);
  if (feed === null) return say('not configured', '未配置');
  if (feed.problem === null) return successText(feed, language);
  const usable = usableText(feed.healthCodesUntil, language);
  return say(
    `${stateText(feed, language)}. Health codes ${usable}`,
    `${stateText(feed, language)}。健康码${usable}`,
  );
}

function stateText({ problem, lastSuccess }: FeedData, language: Language): string {
  const say = wordsIn(language);
  if (problem !== null) return problemText(problem, language);
  return lastSuccess === null ? say('not yet answered', '尚未应答') : say('works', '正常');
}

const howTexts: Readonly<Record<string, readonly [en: string, zh: string]>> = {
  none: ['nothing new', '没有更新'],
  delta: ['what had changed', '更新了变化的部分'],
  snapshot: ['all of it anew', '全部重新下载'],
};

function successText({ lastSuccess }: FeedData, language: Language): string {
  const say = wordsIn(language);
  if (lastSuccess === null) return say('none since the start', '启动以来没有');
  const { at, agoMs, how, version } = lastSuccess;
  const what = say(...(howTexts[how] ?? [how, how]));
  const ago = duration(agoMs, language);
  return say(
    `${timeText(at)}, ${ago} ago: version ${version}, ${what}`,
    `${timeText(at)}，${ago}前：版本 ${version}，${what}`,
  );
}

/** @param unusable said where they cannot be checked; unless given it stands behind what ends that */
function usableText(
  until: string | null,
  language: Language,
  unusable = wordsIn(language)('cannot be checked until then', '在此之前无法核验'),
): string {
  if (until === null) return unusable;
  return wordsIn(language)(`can be checked until ${timeText(until)}`, `可核验至 ${timeText(until)}`);
}
