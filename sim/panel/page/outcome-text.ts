/** The outcome of a command in one line. */
import type { VerdictName } from '../../scenarios/format/verdict-names.ts';
import type { Outcome } from './api.ts';
import { outcomeWord } from './outcome-words.ts';
import type { Language } from './texts.ts';

export interface OutcomeText {
  readonly mood: 'good' | 'look' | 'bad' | 'plain';
  readonly text: string;
}

const moods: Readonly<Record<VerdictName, OutcomeText['mood']>> = {
  pass: 'good',
  abnormal: 'bad',
  'not-found': 'look',
  'cannot-verify': 'look',
  'not-checked': 'good',
  invalid: 'bad',
  repeat: 'look',
};
/** In the order in which the page counts them. */
export const verdicts = Object.keys(moods) as readonly VerdictName[];
const longest = 240;

export function moodOf(verdict: string): OutcomeText['mood'] {
  return Object.hasOwn(moods, verdict) ? moods[verdict as VerdictName] : 'plain';
}

export function outcomeText(outcome: Outcome, language: Language): OutcomeText {
  const { event, ...fields } = outcome as { readonly event: string } & Readonly<Record<string, unknown>>;
  if (event === 'error') return { mood: 'bad', text: String(fields.message) };
  if (typeof fields.verdict === 'string') {
    const reason = fields.reason ?? fields.status;
    const words = [fields.verdict, reason].filter(word => typeof word === 'string');
    return {
      mood: moodOf(fields.verdict),
      text: words.map(word => outcomeWord(word, language)).join(' · '),
    };
  }
  if (event === 'card-lost' || event === 'no-answer') {
    return { mood: 'look', text: outcomeWord(event, language) };
  }
  return { mood: 'plain', text: plainText(event, fields) };
}

/** The whole outcome, for an answer of several lines. */
export function wholeText(outcome: Outcome): string {
  const { event, ...fields } = outcome as { readonly event: string } & Readonly<Record<string, unknown>>;
  return typeof fields.text === 'string' ? fields.text : `${event} ${JSON.stringify(fields, undefined, 1)}`;
}

function plainText(event: string, fields: Readonly<Record<string, unknown>>): string {
  if (typeof fields.text === 'string') return shortened(fields.text);
  const said = Object.entries(fields)
    .filter(([, value]) => typeof value === 'string' || typeof value === 'number')
    .map(([name, value]) => `${name} ${value}`);
  return shortened([event, ...said].join(' · '));
}

function shortened(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
