/** What a technician is told about each fault: what is wrong, and what to do. */
import { type AlarmCode, alarmWith } from '../alarms/alarms.ts';
import { beijingTime } from '../core/beijing-time.ts';
import { type DataProblem, dataProblem, usableUntil } from '../core/data-age.ts';
import type { PartKind } from '../core/service-screen.ts';
import { gnssTime } from '../core/time-belief.ts';
import { hideUserinfo } from '../kit/address.ts';
import type { Looked } from './context.ts';
import { duration } from './format.ts';
import type { Texts } from './language.ts';

/** Clocks that are this close are not told apart. */
const farMs = 120_000;

export function whatIsWrong(kind: PartKind, problem: string, context: Looked): string {
  if (kind === 'clock') return clockProblem(problem, context);
  if (kind === 'links') return linksProblem(problem, context);
  return problem;
}

/** How far the clock is from the satellites and from what is signed, which its own problem does not always say. */
function clockProblem(problem: string, { time, monotonic }: Looked): string {
  const state = time.state();
  const gnss = gnssTime(state, monotonic());
  if (gnss === undefined || Math.abs(time.now() - gnss) < farMs) return problem;
  const ago = gnss - (state.floorMs ?? Number.NaN);
  const signed = ago >= 0 && ago <= 3_600_000 ? ` and of data signed ${duration(ago)} ago` : '';
  const apart = time.now() - gnss;
  const far = `${duration(Math.abs(apart))} ${apart > 0 ? 'ahead of' : 'behind'} GNSS${signed}`;
  return `the clock is ${far} (${problem})`;
}

function linksProblem(problem: string, context: Looked): string {
  const { feed, time } = context;
  const isFeedAway = feed !== undefined && !isFeedAnswering(context);
  if (ageProblem(context) === undefined || isFeedAway || standingOf(context) !== 'its own') return problem;
  const or = feed === undefined ? 'nothing new was delivered' : 'nothing new is published';
  return `the clock is wrong or ${or}: by ${beijingTime(time.now())}, which nothing vouches for, ${problem}`;
}

/** What the dates of the data and the clock say of each other. */
function ageProblem({ links, policy, clock }: Looked): DataProblem | undefined {
  const state = links.describe();
  return state.usable ? dataProblem(state, policy(), clock()) : undefined;
}

function isFeedAnswering({ feed }: Looked): boolean {
  const state = feed?.state();
  return state?.lastSuccess !== undefined && state.problem === undefined;
}

/** Who stands for the time: somebody else, nobody but the board's own clock, or is it at fault. */
function standingOf({ time }: Looked): 'vouched for' | 'its own' | 'at fault' {
  const { source, problem } = time.state();
  if (problem !== undefined) return 'at fault';
  return source === 'gnss' || source === 'synchronised' ? 'vouched for' : 'its own';
}

const clockFirst: Texts = { en: 'See to the clock first', zh: '先处理时钟' };
const renewalTexts = {
  'vouched for': {
    en: 'The feed answers and has nothing newer: tell whoever runs the back office',
    zh: '数据源正常但没有更新的数据：告知后台运维人员',
  },
  'its own': {
    en: 'Compare `clock` with a watch. If it is fast, set it and switch off and on; if not, tell the back office',
    zh: '用手表核对 `clock`：快了就校准并关机重开；否则告知后台',
  },
  'at fault': clockFirst,
};

/** Where what to do depends on what else is known; everywhere else the alarm itself says it. */
const remedies: Partial<Readonly<Record<AlarmCode, (context: Looked) => Texts>>> = {
  H11: bringLinks,
  H14: renewLinks,
  H15: context => (standingOf(context) === 'at fault' ? clockFirst : alarmWith('H15').remedy),
  H19: bringLinks,
  F11: trustedRoot,
};

export function remedyFor(kind: PartKind, alarm: AlarmCode, context: Looked): Texts {
  const { en, zh } = remedies[alarm]?.(context) ?? alarmWith(alarm).remedy;
  if (kind !== 'feed') return { en, zh };
  const usable = usableText(context);
  return { en: `${en}. Health codes ${usable.en}`, zh: `${zh}。健康码${usable.zh}` };
}

/** @returns until when health codes can be checked if nothing new comes, Unix milliseconds; undefined where they cannot */
export function usableUntilOf({
  links,
  policy,
  clock,
}: Pick<Looked, 'links' | 'policy' | 'clock'>): number | undefined {
  const state = links.describe();
  if (!state.usable || dataProblem(state, policy(), clock()) !== undefined) return undefined;
  return usableUntil(state, policy());
}

function usableText(context: Looked): Texts {
  const until = usableUntilOf(context);
  if (until === undefined) return { en: 'cannot be checked until then', zh: '在此之前无法核验' };
  return { en: `can be checked until ${beijingTime(until)}`, zh: `可核验到 ${beijingTime(until)}` };
}

function bringLinks({ config, feed }: Looked): Texts {
  const { cache } = config.links;
  if (feed === undefined) return { en: `Deliver a link cache to ${cache}`, zh: `把健康码数据送到 ${cache}` };
  return feed.state().problem === undefined
    ? {
        en: 'It comes with the next version of the feed: type `sync`',
        zh: '随数据源的下一版本到来：输入 `sync`',
      }
    : { en: 'It comes by itself when the feed is reached', zh: '连上数据源后自动到来' };
}

function renewLinks(context: Looked): Texts {
  const { feed, config } = context;
  const { cache } = config.links;
  if (feed === undefined) {
    return standingOf(context) === 'its own'
      ? {
          en: `Compare \`clock\` with a watch. If it is right, deliver a newer link cache to ${cache}`,
          zh: `用手表核对 \`clock\`；若正确，把较新的健康码数据送到 ${cache}`,
        }
      : { en: `Deliver a newer link cache to ${cache}`, zh: `把较新的健康码数据送到 ${cache}` };
  }
  if (!isFeedAnswering(context))
    return { en: 'It is renewed by itself when the feed is reached', zh: '连上数据源后自动更新' };
  return renewalTexts[standingOf(context)];
}

function trustedRoot({ config }: Looked): Texts {
  const { url = '', root = '' } = config.feed ?? {};
  const asked = hideUserinfo(url);
  return {
    en: `${root} is the root of another feed than ${asked}: put that feed’s root.json there`,
    zh: `${root} 不是 ${asked} 的根文件：换成该数据源的 root.json`,
  };
}
