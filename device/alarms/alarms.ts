/** Every alarm there is, and which one a fault is. docs/alarms/ has a page for each. */
import type { PartKind } from '../core/service-screen.ts';
import type { Alarm, AlarmsOfPart, KnownAlarm } from './alarm.ts';
import { cabinAlarms } from './cabin-alarms.ts';
import { dataAlarms } from './data-alarms.ts';
import { journalAlarms } from './journal-alarms.ts';
import { networkAlarms } from './network-alarms.ts';
import { placeAlarms } from './place-alarms.ts';
import { readerAlarms } from './reader-alarms.ts';

export const alarms = {
  ...journalAlarms,
  ...readerAlarms,
  ...dataAlarms,
  ...networkAlarms,
  ...placeAlarms,
  ...cabinAlarms,
} as const satisfies Record<PartKind, AlarmsOfPart>;

/** Of any part that has not told anything since the start. */
export const startingAlarm = {
  code: 'S01',
  urgency: 'terminus',
  means: {
    zh: '启动后该部件尚无应答；开机后几秒内属正常',
    en: 'The part has told nothing since the start, which is usual for some seconds',
  },
  remedy: {
    zh: '若持续超过一分钟，检查该部件的连线和电源，再关机重开',
    en: 'If it stays for more than a minute, see to the part’s cable and power, and switch the validator off and on',
  },
} as const satisfies Alarm;

export type AlarmCode = (typeof alarms)[PartKind][number]['code'] | (typeof startingAlarm)['code'];

/** What is told of a part until it has said something itself. */
export const starting = 'starting';

type WithCode<A> = A & { readonly code: AlarmCode };
const ofParts: Readonly<
  Record<PartKind, readonly [otherwise: WithCode<Alarm>, ...known: WithCode<KnownAlarm>[]]>
> = alarms;

/** @param problem the fault's words */
export function alarmOf(part: PartKind, problem: string): AlarmCode {
  if (problem === starting) return startingAlarm.code;
  const [otherwise, ...known] = ofParts[part];
  return (known.find(({ words }) => words.test(problem)) ?? otherwise).code;
}

const all: readonly WithCode<Alarm>[] = [startingAlarm, ...Object.values(ofParts).flat()];
const byCode: ReadonlyMap<string, Alarm> = new Map(all.map(alarm => [alarm.code, alarm]));

/** Every code there is, in the table's order. */
export const alarmCodes: readonly AlarmCode[] = all.map(({ code }) => code);

export function alarmWith(code: AlarmCode): Alarm;
export function alarmWith(code: string): Alarm | undefined;
export function alarmWith(code: string): Alarm | undefined {
  return byCode.get(code);
}
