/** The policy as a YAML file. */
import { z } from 'zod';
import { type Policy, pilotPolicy } from '../core/policy.ts';
import { printable } from '../kit/printable.ts';
import { checkYaml, readYamlFile, section } from '../kit/yaml-file.ts';
import { voice } from './voice-file.ts';

/** ISO 8601 with an offset, e.g. 2022-05-23T00:00:00+08:00 → Unix milliseconds. */
const instant = z.iso.datetime({ offset: true }).transform(text => Date.parse(text));
/** Line numbers read naturally in YAML: 2 and "2" are the same line. */
export const lineName = z
  .union(
    [
      z
        .string()
        .regex(/^\S{1,16}$/)
        .refine(text => printable(text) === text),
      z.int().positive(),
    ],
    'must be a line name of 1 to 16 characters',
  )
  .transform(String);
const seconds = z.number().positive().max(31_622_400);
const percent = z.number().min(0).max(100);
const fen = z.int().min(0).max(100_000);

const outOfOrder = 'registrationFrom, trialFrom and enforcedFrom must be in this order';

const policySchema: z.ZodType<Policy> = section({
  lines: z.array(lineName),
  registrationFrom: instant,
  trialFrom: instant,
  enforcedFrom: instant,
  freshness: section({ statusMaxAgeS: seconds, linksMaxAgeS: seconds }),
  repeatWindowS: z.number().min(0).max(600),
  cardKindShownTo: z.enum(['crew', 'everybody']).default('crew'),
  fare: section({
    baseFen: fen,
    minimumBalanceFen: fen,
    payPercent: section({
      rideCode: percent,
      ordinary: percent,
      student: percent,
      senior: percent,
      test: percent,
      military: percent,
      unknown: percent,
    }),
  }),
  voice,
})
  .refine(({ registrationFrom, trialFrom }) => !(registrationFrom > trialFrom), {
    path: ['trialFrom'],
    error: outOfOrder,
  })
  .refine(({ trialFrom, enforcedFrom }) => !(trialFrom > enforcedFrom), {
    path: ['enforcedFrom'],
    error: outOfOrder,
  });

/** All lines of a city fit. A longer one would keep the tap waiting while it is read. */
export const maxPolicyBytes = 32 << 10;

/** @param path undefined for the pilot's own policy. @throws FileProblems */
export function readPolicy(path: string | undefined): Policy {
  return path === undefined ? pilotPolicy : readYamlFile(path, policySchema, maxPolicyBytes);
}

/** @param name for the problems. @throws FileProblems where validators could not use it */
export function checkPolicy(text: string, name: string): void {
  checkYaml(text, name, policySchema);
}
