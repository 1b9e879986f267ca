/** `readers`: every part with a wire, and which of them work. */
import { z } from 'zod';
import type { PartStatus } from '../../parts.ts';
import { command } from '../command.ts';
import type { ConsoleContext } from '../context.ts';
import {
  count,
  instant,
  instantOf,
  lasting,
  lastingSince,
  lastingText,
  milliseconds,
  timeText,
} from '../data.ts';
import { sinceOf } from '../faults.ts';
import { columns, duration } from '../format.ts';
import { type Language, wordsIn } from '../language.ts';

/** The faults of a part that are over. */
const failedBefore = z.object({
  times: count,
  /** The newest first. */
  last: z.array(z.object({ from: instant, forMs: milliseconds, problem: z.string() })),
});

const part = lasting.extend({
  kind: z.string(),
  name: z.string(),
  working: z.boolean(),
  /** Of its fault; null while it works. */
  alarm: z.string().nullable(),
  /** What is wrong; null while it works. */
  problem: z.string().nullable(),
  /** What a technician should know though it works; empty for nothing. */
  note: z.string(),
  failedBefore,
});

export const readers = command({
  name: 'readers',
  usage: '',
  example: 'readers',
  help: {
    en: 'every part with a wire, its state, and how often and when it failed before',
    zh: '每个接线部件的状态、以往故障的次数和时间',
  },
  access: 'anyone',
  schema: z.object({ parts: z.array(part) }),
  run: context => ({ parts: context.parts.list().map(each => describe(each, context)) }),
  tell({ parts }, language) {
    const say = wordsIn(language);
    return columns(
      parts.map(each => {
        const { kind, name, alarm, problem, note } = each;
        const texts = [problem ?? note, failedText(each.failedBefore, language)];
        const state = alarm === null ? say('works', '正常') : `${say('FAULT', '故障')} ${alarm}`;
        return [kind, name, state, lastingText(each, language), texts.filter(text => text !== '').join('; ')];
      }),
    );
  },
});

function describe(status: PartStatus, context: ConsoleContext): z.infer<typeof part> {
  const { kind, name, working, alarm = null, problem = null, note, failures } = status;
  const ago = context.monotonic() - context.clock();
  return {
    ...{ kind, name, working, alarm, problem, note },
    ...lastingSince(sinceOf(status, context.feed), context),
    failedBefore: {
      times: failures.before,
      last: failures.last.map(({ from, until, problem }) => {
        return { from: instantOf(from - ago), forMs: until - from, problem };
      }),
    },
  };
}

function failedText({ times, last }: z.infer<typeof failedBefore>, language: Language): string {
  if (times === 0) return '';
  const say = wordsIn(language);
  const which = last.map(({ from, forMs, problem }) => {
    const long = duration(forMs, language);
    return say(`${timeText(from)} for ${long}: ${problem}`, `${timeText(from)} 持续 ${long}：${problem}`);
  });
  const often = times === 1 ? 'once' : `${times} times`;
  return say(
    `failed ${often} before, last ${which.join(', ')}`,
    `此前故障 ${times} 次，最近 ${which.join('，')}`,
  );
}
