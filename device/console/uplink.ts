/** `uplink`: whether this validator's rows reach the back office, and how many are still to go. */
import { beijingTime } from '../core/beijing-time.ts';
import { hideUserinfo } from '../kit/address.ts';
import type { UplinkState } from '../uplink/uplink-watch.ts';
import type { Command, ConsoleContext } from './context.ts';
import { columns, duration } from './format.ts';

const notConfigured = 'not configured: rows stay in the journal';

export const uplink: Command = {
  name: 'uplink',
  usage: '',
  help: 'whether rides reach the back office, and how many are still to go',
  run(context) {
    const { uplink, config } = context;
    if (uplink === undefined || config.uplink === undefined) return notConfigured;
    const state = uplink.state();
    const { acknowledged = 0, refused } = state.progress ?? {};
    return columns([
      ['broker', hideUserinfo([config.uplink.url].flat().join(', '))],
      ['state', stateText(state, context)],
      ['acknowledged', acknowledged === 0 ? 'none' : `up to row ${acknowledged}`],
      ['still to go', queueText(state)],
      ...(refused === undefined || refused.rows === 0
        ? []
        : [['refused', `${refused.rows} rows, the last is ${refused.last}: tell the back office`]]),
    ]);
  },
};

/** A line of `status`. */
export function uplinkInShort(context: ConsoleContext): string {
  if (context.uplink === undefined) return notConfigured;
  const state = context.uplink.state();
  return `${stateText(state, context)}; ${queueText(state)} still to go`;
}

function queueText({ lastSeq, progress }: UplinkState): string {
  if (lastSeq === undefined || progress === undefined) return 'not known how many rows';
  const queue = Math.max(0, lastSeq - progress.acknowledged);
  return `${queue} ${queue === 1 ? 'row' : 'rows'}`;
}

function stateText(
  { problem, answeredAt }: UplinkState,
  { clock, monotonic }: Pick<ConsoleContext, 'clock' | 'monotonic'>,
): string {
  if (problem !== undefined) {
    const ageMs = monotonic() - problem.since;
    return `FAILS for ${duration(ageMs)}: ${problem.text} (since ${beijingTime(clock() - ageMs)})`;
  }
  if (answeredAt === undefined) return 'not yet answered';
  return `works, heard ${duration(monotonic() - answeredAt)} ago`;
}
