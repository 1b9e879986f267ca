/** The policy as a YAML file. */
import { z } from 'zod';
import { type Policy, pilotPolicy } from '../core/policy.ts';
import { checkYaml, forRepeatedTexts, readYamlFile, section } from '../kit/yaml-file.ts';
import { crewCheck } from './crew-check.ts';
import { fares } from './fares-file.ts';
import { instant, lineName } from './values.ts';
import { voice } from './voice-file.ts';

const seconds = z.number().positive().max(31_622_400);

const outOfOrder = 'registrationFrom, trialFrom and enforcedFrom must be in this order';

const policySchema: z.ZodType<Policy> = forRepeatedTexts(
  section({
    lines: z.array(lineName),
    registrationFrom: instant,
    trialFrom: instant,
    enforcedFrom: instant,
    freshness: section({ statusMaxAgeS: seconds, linksMaxAgeS: seconds }),
    repeatWindowS: z.number().min(0).max(600),
    crewCheck: crewCheck.default(pilotPolicy.crewCheck),
    cardKindShownTo: z.enum(['crew', 'everybody']).default('crew'),
    fare: fares,
    voice,
  })
    .refine(({ registrationFrom, trialFrom }) => !(registrationFrom > trialFrom), {
      path: ['trialFrom'],
      error: outOfOrder,
    })
    .refine(({ trialFrom, enforcedFrom }) => !(trialFrom > enforcedFrom), {
      path: ['enforcedFrom'],
      error: outOfOrder,
    }),
);

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
