/** `feed` and `sync`: where the cache is kept up to date from, how that fares, and asking for it at once. */
import { beijingTime } from '../core/beijing-time.ts';
import { hideUserinfo } from '../core/userinfo.ts';
import type { FeedState } from '../feed-watch.ts';
import type { Command, ConsoleContext } from './context.ts';
import { columns, duration } from './format.ts';

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
  run({ feed, config, clock }) {
    if (feed === undefined || config.feed === undefined) return notConfigured;
    const { url, root, pollS } = config.feed;
    const state = feed.state();
    const now = clock();
    return columns([
      ['url', hideUserinfo(url)],
      ['trusted root', root],
      ['asked every', `${pollS} s`],
      ['state', stateText(state, now)],
      ['last success', successText(state, now)],
      ['last version', state.lastSuccess === undefined ? 'none' : String(state.lastSuccess.version)],
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
export function feedInShort({ feed, clock }: ConsoleContext): string {
  if (feed === undefined) return 'not configured';
  const state = feed.state();
  return state.problem === undefined ? successText(state, clock()) : stateText(state, clock());
}

function stateText({ problem, lastSuccess }: FeedState, now: number): string {
  if (problem !== undefined) return `FAILS for ${duration(now - problem.since)}: ${problem.text}`;
  return lastSuccess === undefined ? 'not yet answered' : 'works';
}

function successText({ lastSuccess }: FeedState, now: number): string {
  if (lastSuccess === undefined) return 'none since the start';
  const { at, how, version } = lastSuccess;
  const what = `version ${version}, ${howTexts[how] ?? how}`;
  return `${beijingTime(at)}, ${duration(now - at)} ago: ${what}`;
}
