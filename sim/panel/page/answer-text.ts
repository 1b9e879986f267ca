/** Answers of more than one line, whole: what the console printed, lists, messages. */

import type { PurseNow } from '../../bus/purses.ts';
import type { PanelState } from '../protocol.ts';
import type { Outcome } from './api.ts';
import { inItsWords } from './command-words.ts';
import { type OpenRide, rideText, timeText, yuanText } from './purse-text.ts';
import { knownText, type Language, textIn } from './texts.ts';

type Fields = Readonly<Record<string, unknown>>;
/** @param vocabulary what can be typed here, which is not all that the bus lists */
type Answer = (fields: Fields, language: Language, vocabulary: Vocabulary) => readonly string[];
type Vocabulary = PanelState['vocabulary'];

const answers: Readonly<Record<string, Answer>> = {
  explained: ({ text }) => String(text).split('\n'),
  console: ({ text }) => String(text).split('\n'),
  code: ({ hex }) => [String(hex)],
  inbox: ({ messages }) => itemsOf<string>(messages).map(String),
  help: ({ faults }, language, vocabulary) => [
    ...vocabulary
      .map(each => inItsWords(each, language))
      .flatMap(({ command, help }) => [command, `    ${help}`]),
    'FAULT',
    ...itemsOf<string>(faults).map(fault => `    ${fault.padEnd(20)}${word(language, `card-${fault}`)}`),
  ],
  purse: ({ ride, log }, language) => [
    ...(ride === null ? [] : [rideText(ride as OpenRide, language)]),
    ...itemsOf<PurseNow['log'][number]>(log).map(
      ({ at, type, amountFen }) =>
        `${timeText(at)}  ${word(language, `log-${type}`)}  ${yuanText(amountFen)}`,
    ),
  ],
  passengers: ({ passengers }, language) => {
    const rows = itemsOf<Readonly<Record<'id' | 'name' | 'medium' | 'health', string>>>(passengers);
    const widest = Math.max(0, ...rows.map(({ id }) => id.length));
    return rows.map(
      ({ id, name, medium, health }) =>
        `${id.padEnd(widest + 2)}${medium.padEnd(12)}${word(language, `health-${health}`)} ${health}  ${name}`,
    );
  },
  screens: ({ screens }, language) =>
    itemsOf<ScreenFields>(screens).flatMap(({ validator, audience, light, lines }) => [
      `${word(language, validator)} · ${word(language, audience)} · ${textIn(language, 'light')} ${word(language, `light-${light}`)}`,
      ...itemsOf<string>(lines).map(line => `  ${line}`),
      '',
    ]),
};

interface ScreenFields {
  readonly validator: string;
  readonly audience: string;
  readonly light: string;
  readonly lines: readonly string[];
}

/** @returns undefined for an outcome that one line tells */
export function answerOf(
  outcome: Outcome,
  language: Language,
  vocabulary: Vocabulary,
): readonly string[] | undefined {
  const { event, ...fields } = outcome as { readonly event: string } & Fields;
  // The record keeps a long outcome's name only.
  if (fields.shortened === true || !Object.hasOwn(answers, event)) return undefined;
  const lines = answers[event]?.(fields, language, vocabulary) ?? [];
  return lines.length === 0 ? undefined : lines;
}

function word(language: Language, name: string): string {
  return knownText(language, name) ?? name;
}

function itemsOf<T>(list: unknown): readonly T[] {
  return Array.isArray(list) ? list : [];
}
