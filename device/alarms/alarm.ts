/** What an alarm is: a fault's short code, the same wherever the fault is told, and its page. */
import type { Text } from '../core/screen.ts';

/** How soon somebody must do it. */
export type Urgency = 'now' | 'terminus' | 'night' | 'week';

export const urgencyText: Readonly<Record<Urgency, Text>> = {
  now: { zh: '立即处理', en: 'At once' },
  terminus: { zh: '到终点站后、下一趟发车前', en: 'At the terminus, before the next trip' },
  night: { zh: '当日收车后', en: 'The same night, in the depot' },
  week: { zh: '一周之内', en: 'Within a week' },
};

export interface Alarm {
  /** A letter and two digits, for the radio; it never changes its meaning, and none is used again. */
  readonly code: string;
  readonly urgency: Urgency;
  /** What it means, for whoever stands before it. */
  readonly means: Text;
  /** What to do; sentences without the last full stop. `Words` in back quotes are settings or commands of the console. */
  readonly remedy: Text;
}

/** One that is known by how the fault is told. */
export interface KnownAlarm extends Alarm {
  /** In the fault's words. */
  readonly words: RegExp;
}

/** All alarms of a kind of part: the first whose words fit counts, or else that at the head, so that no fault is without a code. */
export type AlarmsOfPart = readonly [otherwise: Alarm, ...known: KnownAlarm[]];
