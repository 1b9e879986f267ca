/** Reads rules of the policy as a tester types them: `statusMaxAgeS=30 lines=2,10`. */
import { z } from 'zod';
import { WrongUsage } from '../../../device/kit/errors.ts';
import { notKnown } from '../../../device/kit/nearest-word.ts';
import { lineName } from '../../../device/settings/values.ts';
import type { RuleChanges } from '../office/publication.ts';

const maxAgeS = z.coerce.number().positive().max(31_622_400);

/** What each rule's value may be; scenarios check theirs by the same. */
export const ruleValues = {
  lines: z.array(lineName),
  repeatWindowS: z.coerce.number().min(0).max(600),
  statusMaxAgeS: maxAgeS,
  linksMaxAgeS: maxAgeS,
};

type RuleName = keyof typeof ruleValues;
export const policyRules = Object.keys(ruleValues) as RuleName[];

/** @throws WrongUsage */
export function readRules(words: readonly string[]): RuleChanges {
  const rules: Partial<Record<RuleName, unknown>> = Object.fromEntries(words.map(readRule));
  const { statusMaxAgeS, linksMaxAgeS, ...others } = rules;
  const freshness = Object.fromEntries(
    Object.entries({ statusMaxAgeS, linksMaxAgeS }).filter(([, value]) => value !== undefined),
  );
  return { ...others, ...(Object.keys(freshness).length > 0 && { freshness }) } as RuleChanges;
}

function readRule(word: string): readonly [RuleName, unknown] {
  const [name = '', text = ''] = word.split(/=(.*)/s);
  const rule = policyRules.find(known => known === name);
  if (rule === undefined) throw new WrongUsage(notKnown(name, policyRules));
  const value = rule === 'lines' ? text.split(',').filter(line => line !== '') : text;
  const read = text === '' && rule !== 'lines' ? undefined : ruleValues[rule].safeParse(value);
  if (read?.success !== true) throw new WrongUsage(`${word}: ${hints[rule]}`);
  return [rule, read.data];
}

const seconds = 'is a number of seconds, more than 0, as statusMaxAgeS=30';
const hints: Readonly<Record<RuleName, string>> = {
  lines: 'is a list of lines, as lines=2,10',
  repeatWindowS: 'is a number of seconds from 0 to 600, as repeatWindowS=0',
  statusMaxAgeS: seconds,
  linksMaxAgeS: seconds,
};
