/** What a command came to, in a line. */
import type { Outcome } from './api.ts';

export interface OutcomeText {
  readonly mood: 'good' | 'look' | 'bad' | 'plain';
  readonly text: string;
}

const moods: Readonly<Record<string, OutcomeText['mood']>> = {
  pass: 'good',
  'not-checked': 'good',
  abnormal: 'bad',
  invalid: 'bad',
  'not-found': 'look',
  'cannot-verify': 'look',
  repeat: 'look',
};
const longest = 240;

export function moodOf(verdict: string): OutcomeText['mood'] {
  return moods[verdict] ?? 'plain';
}

export function outcomeText(outcome: Outcome): OutcomeText {
  const { event, ...fields } = outcome as { readonly event: string } & Readonly<Record<string, unknown>>;
  if (event === 'error') return { mood: 'bad', text: String(fields.message) };
  if (typeof fields.verdict === 'string') {
    const reason = fields.reason ?? fields.status;
    const text = typeof reason === 'string' ? `${fields.verdict} · ${reason}` : fields.verdict;
    return { mood: moodOf(fields.verdict), text };
  }
  if (event === 'card-lost' || event === 'no-answer') return { mood: 'look', text: event };
  return { mood: 'plain', text: plainText(event, fields) };
}

/** The whole of it, for an answer of several lines. */
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
