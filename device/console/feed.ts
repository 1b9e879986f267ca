/** `feed` and `sync`: which feed keeps the cache up to date, how that goes, and syncing at once. */
import { beijingTime } from '../core/beijing-time.ts';
import type { FeedState } from '../feed/feed-watch.ts';
import { hideUserinfo } from '../kit/address.ts';
import type { Command, ConsoleContext } from './context.ts';
import { columns, duration } from './format.ts';
import { usableText } from './remedies.ts';

const notConfigured = 'not configured: the link cache is delivered otherwise';
const howTexts: Readonly<Record<string, string>> = {
  none: 'nothing new',
  delta: 'what had changed',
  snapshot: 'all of it anew',
};

export const feed: Command = {
  name: 'feed',
  usage: '',
  help: 'where the health-code links come from, and when they last did',
  run(context) {
    const { feed, config } = context;
    if (feed === undefined || config.feed === undefined) return notConfigured;
    const { url, root, pollS } = config.feed;
    const state = feed.state();
    return columns([
      ['url', hideUserinfo(url)],
      ['trusted root', root],
      ['asked every', `${pollS} s`],
      ['state', stateText(state, context)],
      ['last success', successText(state, context)],
      ['last version', state.lastSuccess === undefined ? 'none' : String(state.lastSuccess.version)],
      ['health codes', usableText(context, 'cannot be checked: `status` says why')],
    ]);
  },
};

export const sync: Command = {
  name: 'sync',
  usage: '',
  help: 'asks the feed now, not only when it is due',
  run({ feed }) {
    if (feed === undefined) return notConfigured;
    feed.syncNow();
    return 'asked';
  },
};

/** A line of `status`. */
export function feedInShort(context: ConsoleContext): string {
  if (context.feed === undefined) return 'not configured';
  const state = context.feed.state();
  return state.problem === undefined
    ? successText(state, context)
    : `${stateText(state, context)}. Health codes ${usableText(context)}`;
}

type Clocks = Pick<ConsoleContext, 'clock' | 'monotonic'>;

function stateText({ problem, lastSuccess }: FeedState, { clock, monotonic }: Clocks): string {
  if (problem !== undefined) {
    const ageMs = monotonic() - problem.since;
    return `FAILS for ${duration(ageMs)}: ${problem.text} (since ${beijingTime(clock() - ageMs)})`;
  }
  return lastSuccess === undefined ? 'not yet answered' : 'works';
}

function successText({ lastSuccess }: FeedState, { clock, monotonic }: Clocks): string {
  if (lastSuccess === undefined) return 'none since the start';
  const { at, how, version } = lastSuccess;
  const what = `version ${version}, ${howTexts[how] ?? how}`;
  const ageMs = monotonic() - at;
  return `${beijingTime(clock() - ageMs)}, ${duration(ageMs)} ago: ${what}`;
}
