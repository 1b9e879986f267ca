/** The format of a scenario file: a story with what is given, its steps, and what each step expects. */
import { z } from 'zod';
import { statuses } from '../../../device/core/check.ts';
import { phases } from '../../../device/core/phase.ts';
import { verdicts } from '../../../device/core/verdict-names.ts';
import { section } from '../../../device/kit/yaml-file.ts';
import { crewCheck } from '../../../device/settings/crew-check.ts';
import { lineName } from '../../../device/settings/values.ts';
import { mostSpeed, problemOfTime } from '../../bus/bus-time.ts';
import { commandUsages } from '../../bus/commands/commands.ts';
import { faultNames } from '../../bus/commands/presenting-commands.ts';
import { latestMoment } from '../../bus/office/trust-and-policy.ts';
import { passengersSchema } from '../../bus/passengers.ts';
import { postNames } from '../../bus/validator-post.ts';
import { displayKinds } from '../../bus/validator-settings.ts';
import { reasons } from './reason-names.ts';

const maxTextChars = 4000;
const text = z.string().min(1).max(maxTextChars);
const texts = z.union([text, z.array(text).min(1).max(50)], 'must be a text, or a list of texts');
const count = z.int().min(0);
const seconds = z.number().positive().max(31_622_400);

const instantHint = 'must be an instant with its offset, as 2022-05-23T05:30+08:00';
const offset = { offset: true, error: instantHint };
export const instant = z
  .union([z.iso.datetime(offset), z.iso.datetime({ ...offset, precision: -1 })], instantHint)
  .refine(text => Date.parse(text) <= latestMoment, `is later than ${new Date(latestMoment).toISOString()}`);

const at = instant.check(({ value, issues }) => {
  const message = problemOfTime(Date.parse(value));
  if (message !== undefined) issues.push({ code: 'custom', input: value, message });
});

const policy = section({
  lines: z.array(lineName).exactOptional().describe('lines on which health codes are checked'),
  repeatWindowS: z
    .number()
    .min(0)
    .max(600)
    .exactOptional()
    .describe('the same medium again within this is a repeat'),
  freshness: section({ statusMaxAgeS: seconds, linksMaxAgeS: seconds })
    .exactOptional()
    .describe('health codes and links older than this are no longer believed'),
  crewCheck: crewCheck.exactOptional().describe('what the crew may confirm, and for how long'),
});

const given = section({
  line: lineName.optional().describe('the line the bus runs on; 2 unless given'),
  gtfs: text
    .optional()
    .describe(
      'a GTFS feed with the line, zip or folder beside the scenario: a line of which it has the ways is tapped on and off',
    ),
  phase: z.enum(phases).optional().describe('what the pilot is at; enforced unless given'),
  time: instant
    .optional()
    .describe("instead of phase: where in the pilot's calendar the first step is, as 2022-05-23T05:30+08:00"),
  at: at
    .optional()
    .describe(
      'what time it is at the first step, for all clocks on the bus and around it, as 2022-05-22T23:50+08:00',
    ),
  speed: z
    .int()
    .min(1)
    .max(mostSpeed)
    .optional()
    .describe(
      'so many seconds of the bus go by in one, on the average: all clocks are put on every ten seconds',
    ),
  passengers: z
    .union([z.literal('usual'), passengersSchema])
    .optional()
    .describe('who rides: usual, which is the list of `make run` and the default, or a list of your own'),
  policy: policy.optional().describe("rules other than the pilot's"),
  wires: z
    .enum(['vpcd', 'pcsc'])
    .optional()
    .describe('how the card readers are wired; vpcd unless given. pcsc needs pcscd on this machine'),
  displays: z.enum(displayKinds).optional().describe('what the validators show on; terminal unless given'),
});

/** Refuses an empty object, which would match anything. */
function filled<T extends z.ZodType<object>>(schema: T): T {
  return schema
    .refine(value => Object.keys(value).length > 0, 'there is nothing in it')
    .meta({ minProperties: 1 });
}

const rowsByVerdict = Object.fromEntries(
  verdicts.map(verdict => [verdict, count.optional().describe(`rows that say ${verdict}`)]),
) as Record<(typeof verdicts)[number], z.ZodOptional<typeof count>>;

const journal = section({
  rows: count.optional().describe('rows in all'),
  ...rowsByVerdict,
});

const cache = section({
  version: count.optional(),
  links: count.optional(),
  persons: count.optional(),
  state: text.optional().describe('fresh, or a part of what the console says is wrong, as stale-links'),
});

const settled = section({
  rides: count.optional().describe('that began on that day'),
  unfinished: count.optional().describe('rides without a tap-off'),
  't-union': count.optional().describe('paid by cards, in fen'),
  bmac: count.optional().describe('paid by old cards'),
  'ride-code': count.optional().describe('charged to codes'),
  shortFen: count.optional(),
  unresolvedFen: count.optional(),
  differencesFen: count.optional(),
  refused: count.optional(),
});

const heard = z.union(
  [text, filled(section({ passenger: text.optional(), crew: text.optional() }))],
  'must be what the passenger hears, or {passenger: …, crew: …}, or nothing',
);

const expectation = section({
  verdict: z.enum(verdicts).optional().describe('of the tap, scan or show'),
  reason: z.enum(reasons).optional().describe('why: of invalid, cannot-verify and not-checked'),
  status: z.enum(statuses).optional().describe('the health code, of abnormal'),
  fareTaken: z.boolean().optional(),
  fareFen: count.optional().describe('what is due'),
  paidFen: count.optional().describe('what the card has paid of it'),
  step: z
    .enum(['on', 'off'])
    .optional()
    .describe('getting on, or getting off; neither where a ride is paid at boarding'),
  settled: filled(settled).optional().describe('what `settle` says of the day'),
  balanceFen: z
    .int()
    .optional()
    .describe("what is on the passenger's card now, negative where it is overdrawn"),
  openRide: z.boolean().optional().describe("whether a ride is open on the passenger's card"),
  stop: text.optional().describe('the stop at which it was, as 2-07'),
  event: z
    .enum(['tap', 'card-lost', 'no-answer', 'confirm'])
    .optional()
    .describe(
      'card-lost: the card left too soon; no-answer: the validator said nothing of it; confirm: by the crew, also with their card',
    ),
  at: z
    .enum(postNames)
    .optional()
    .describe('which validator; the one that the command names unless given, else both'),
  passenger: texts.optional().describe("what the passenger's screen says; spaces do not count"),
  crew: texts.optional().describe("what the crew's screen says"),
  light: z.enum(['off', 'green', 'amber', 'red']).optional().describe("the light of the passenger's screen"),
  heard: heard
    .optional()
    .describe(
      'a prompt that is said to the passenger, as 滴 刷码成功; {crew: 健康码异常} for the crew; nothing: no prompt is said',
    ),
  happens: z
    .literal('nothing')
    .optional()
    .describe('nothing: no tap, no prompt, no fault and no end of one, no note, no start'),
  journal: filled(journal)
    .optional()
    .describe('rows written since the beginning; of both validators together if both are meant'),
  console: filled(z.record(text, texts))
    .optional()
    .describe('a command of the serial console, and what its answer says: {status: WORKS}'),
  cache: filled(cache)
    .optional()
    .describe('the health-code links on the validator, as the console tells them'),
  log: filled(z.record(text, z.union([z.string(), z.number(), z.boolean()])))
    .optional()
    .describe('fields of one line that the firmware has logged since the last command'),
  said: texts.optional().describe('what the command printed, as `make run` would'),
  error: text.optional().describe('the command is refused, and this is a part of what is said'),
  within: z
    .number()
    .positive()
    .max(600)
    .optional()
    .describe('seconds in which screens, journal, console, cache and log may come to it'),
  for: z
    .number()
    .positive()
    .max(600)
    .optional()
    .describe('seconds for which it must stay so; 2 for what is expected not to happen'),
});

const words = z.union(
  [z.string().max(maxTextChars), z.number(), z.null()],
  'must be the words that follow the command, as they are typed',
);

/** Commands that may bring a card with them. */
export const holdingCommands = ['tap', 'explain'] as const;
type HoldingCommand = (typeof holdingCommands)[number];

const heldCard = section({
  at: z.enum(postNames),
  card: z
    .union(
      [text, z.record(z.string(), z.unknown())],
      'must be a card as in given.passengers, its image, or the name of an image file',
    )
    .describe('a card as in given.passengers, without an id; its image; or the file of one'),
  fault: z.enum(faultNames).optional().describe('a way in which it fails'),
});

function commandNamed({ name, usage, help }: (typeof commandUsages)[number]) {
  const about = `${usage === '' ? 'nothing follows' : usage}: ${help}`;
  const value = holdingCommands.some(holding => holding === name)
    ? z.union([words, heldCard], 'must be the words that follow the command, or { at: …, card: … }')
    : words;
  return [name, value.optional().describe(about)] as const;
}

const commands: Readonly<Record<string, z.ZodOptional<z.ZodType<z.infer<typeof words> | HeldCard>>>> =
  Object.fromEntries(commandUsages.map(commandNamed));

const step = section({
  ...commands,
  expect: filled(expectation).optional().describe('what it comes to'),
}).meta({ minProperties: 1, maxProperties: 2 });

export const scenarioSchema = section({
  name: text.describe('the story in a line'),
  given: given.default({}).describe('the bus before the first step'),
  steps: z.array(step).min(1).max(1000).describe('one command of the bus each, in turn'),
}).meta({ title: 'Scenario of the simulated bus' });

export type HeldCard = z.infer<typeof heldCard>;
/** It also has the command's name as a key. */
export type RawStep = z.infer<typeof step> &
  Partial<Record<HoldingCommand, z.infer<typeof words> | HeldCard>>;
export type Given = z.infer<typeof given>;
export type Expectation = z.infer<typeof expectation>;

/** The format as JSON Schema, for editors. */
export function scenarioJsonSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(scenarioSchema, { io: 'input', target: 'draft-7' }), undefined, 2)}\n`;
}
