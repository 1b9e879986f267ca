/** Reads rules of the policy as a tester types them: `statusMaxAgeS=30 lines=2,10`. */
import { z } from 'zod';
import { WrongUsage } from '../../../device/kit/errors.ts';
import { notKnown } from '../../../device/kit/nearest-word.ts';
import { lineName } from '../../../device/settings/values.ts';
import type { RuleChanges } from '../office/publication.ts';

/** Digits alone: what can be read in two ways (`1e1`, `0x10`) is refused, as in YAML. */
const number = z
  .string()
  .regex(/^\d+(\.\d+)?$/)
  .transform(Number);
const maxAgeS = number.pipe(z.number().positive().max(31_622_400));

/** What each rule's value may be; scenarios check theirs by the same. */
export const ruleValues = {
  lines: z.array(lineName),
  repeatWindowS: number.pipe(z.number().max(600)),
  statusMaxAgeS: maxAgeS,
  linksMaxAgeS: maxAgeS,
  windowS: number.pipe(z.number().int().min(1).max(600)),
  notFoundPays: z.enum(['at-once', 'second-tap']),
  abnormalOlderThanMin: number.pipe(z.number().int().min(1).max(525_600)),
};

/** Rules that stand together in the policy. */
const sections = {
  freshness: ['statusMaxAgeS', 'linksMaxAgeS'],
  crewCheck: ['windowS', 'notFoundPays', 'abnormalOlderThanMin'],
} as const satisfies Readonly<Record<string, readonly (keyof typeof ruleValues)[]>>;

type RuleName = keyof typeof ruleValues;
export const policyRules = Object.keys(ruleValues) as RuleName[];

/** @throws WrongUsage */
export function readRules(words: readonly string[]): RuleChanges {
  const rules = words.map(readRule);
  const within = (names: readonly RuleName[]) => rules.filter(([name]) => names.includes(name));
  const inSections = Object.entries(sections).flatMap(([section, names]) =>
    within(names).length === 0 ? [] : [[section, Object.fromEntries(within(names))] as const],
  );
  const others = rules.filter(([name]) => !Object.values(sections).some(names => isIn(name, names)));
  return Object.fromEntries([...others, ...inSections]) as RuleChanges;
}

function isIn(name: RuleName, names: readonly RuleName[]): boolean {
  return names.includes(name);
}

function readRule(word: string): readonly [RuleName, unknown] {
  const [name = '', text = ''] = word.split(/=(.*)/s);
  const rule = policyRules.find(known => known === name);
  if (rule === undefined) throw new WrongUsage(notKnown(name, policyRules));
  const value = rule === 'lines' ? text.split(',').filter(line => line !== '') : text;
  const read = ruleValues[rule].safeParse(value);
  if (!read.success) throw new WrongUsage(`${word}: ${hints[rule]}`);
  return [rule, read.data];
}

const seconds = 'is a number of seconds, more than 0, as statusMaxAgeS=30';
const hints: Readonly<Record<RuleName, string>> = {
  lines: 'is a list of lines, as lines=2,10',
  repeatWindowS: 'is a number of seconds from 0 to 600, as repeatWindowS=0',
  statusMaxAgeS: seconds,
  linksMaxAgeS: seconds,
  windowS: 'is a number of whole seconds from 1 to 600, as windowS=30',
  notFoundPays: 'is at-once or second-tap',
  abnormalOlderThanMin: 'is a number of whole minutes, 1 or more, as abnormalOlderThanMin=15',
};
