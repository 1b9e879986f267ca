/** The outcome of a command in one line. */
import type { VerdictName } from '../../../device/core/verdict-names.ts';
import type { Outcome } from './api.ts';
import { chineseSentence } from './event-words.ts';
import { outcomeWord } from './outcome-words.ts';
import { chineseProblem } from './problem-words.ts';
import { type Language, textIn } from './texts.ts';

export interface OutcomeText {
  readonly mood: 'good' | 'look' | 'bad' | 'plain';
  readonly text: string;
}

type Fields = Readonly<Record<string, unknown>>;

const moods: Readonly<Record<VerdictName, OutcomeText['mood']>> = {
  pass: 'good',
  abnormal: 'bad',
  'not-found': 'look',
  'cannot-verify': 'look',
  'not-checked': 'good',
  'checked-by-hand': 'good',
  invalid: 'bad',
  repeat: 'look',
  alighted: 'good',
};
/** In the order in which the page counts them. */
export const verdicts = Object.keys(moods) as readonly VerdictName[];
const longest = 240;

export function moodOf(verdict: string): OutcomeText['mood'] {
  return Object.hasOwn(moods, verdict) ? moods[verdict as VerdictName] : 'plain';
}

export function outcomeText(outcome: Outcome, language: Language): OutcomeText {
  const { event, ...fields } = outcome as { readonly event: string } & Fields;
  if (event === 'away') return { mood: 'bad', text: textIn(language, 'noAnswer') };
  if (event === 'error') {
    const problem = String(fields.message);
    return { mood: 'bad', text: language === 'zh' ? `未执行：${chineseProblem(problem)}` : problem };
  }
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
  return { mood: 'plain', text: shortened(plainText(event, fields, language)) };
}

function plainText(event: string, fields: Fields, language: Language): string {
  if (fields.shortened === true) return textIn(language, 'shortened');
  const sentence = language === 'zh' ? chineseSentence(event, fields) : undefined;
  return sentence ?? fieldsText(event, fields);
}

/** In English as the terminal has it, what is long by its length. */
function fieldsText(event: string, fields: Fields): string {
  return [event, ...Object.entries(fields).map(fieldText)].join(' · ');
}

function fieldText([name, value]: [string, unknown]): string {
  if (Array.isArray(value)) return `${value.length} ${name}`;
  // `ride` of a purse: what it is stands below.
  if (typeof value === 'object') return value === null ? `no ${name}` : `a ${name}`;
  if (name === 'text') return `${String(value).split('\n').length} lines`;
  return name === 'hex' ? `${String(value).length / 2} bytes` : `${name} ${String(value)}`;
}

function shortened(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
