/** `fare`: what a ride on a line of a GTFS feed costs, as one JSON object; exit 1 with `error` where that cannot be said. */
import { type Command, Option } from 'commander';
import { type CardKind, cardKinds, type MediumKind, mediumKinds } from '../../device/core/medium.ts';
import { WrongUsage } from '../../device/kit/errors.ts';
import { instant } from '../../device/kit/option-values.ts';
import { FileProblems } from '../../device/kit/yaml-file.ts';
import { printOutcome } from '../../sync/commands/outcome.ts';
import { type FareQuestion, fareOf } from './fare.ts';

interface FareOptions {
  readonly gtfs: string;
  readonly line: string;
  readonly from: string;
  readonly to: string;
  readonly medium: MediumKind;
  readonly kind?: CardKind;
  readonly at?: number;
  readonly policy?: string;
}

export function addFareCommand(program: Command): void {
  program
    .command('fare')
    .description('what a ride costs')
    .requiredOption('--gtfs <zip>', 'a GTFS feed')
    .requiredOption('--line <name>', 'the line, by its route_short_name')
    .requiredOption('--from <stop>', 'where somebody gets on: a stop_id')
    .requiredOption('--to <stop>', 'where they get off: a stop_id')
    .addOption(new Option('--medium <kind>', 'what they pay with').choices(mediumKinds).makeOptionMandatory())
    .addOption(new Option('--kind <kind>', 'whose card it is; ordinary unless given').choices(cardKinds))
    .option(
      '--at <instant>',
      'when they get on, ISO 8601: its timetable, its fares; now unless given',
      instant,
    )
    .option('--policy <file>', 'the policy with the fares, YAML; the pilot’s own unless given')
    .action(async (options: FareOptions) => printOutcome(await orError(questionOf(options))));
}

function questionOf({ medium, kind, ...rest }: FareOptions): FareQuestion {
  if (medium === 'ride-code' && kind !== undefined)
    throw new WrongUsage('--kind: a ride code does not say whose it is; give it with a card');
  return { ...rest, payer: { kind: medium, cardKind: kind ?? (medium === 'bmac' ? 'unknown' : 'ordinary') } };
}

async function orError(question: FareQuestion) {
  try {
    const { fareFen, distanceM, reason } = await fareOf(question);
    return { fareFen, distanceM: distanceM === undefined ? null : Math.round(distanceM), reason };
  } catch (error) {
    if (error instanceof FileProblems) return { error: error.message };
    throw error;
  }
}
