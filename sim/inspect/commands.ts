/** `inspect code` and `inspect card`: the firmware's verdict on one medium, as one JSON object on stdout. */
import type { Command } from 'commander';
import { instant } from '../../device/kit/option-values.ts';
import { say } from '../../device/kit/printable.ts';
import { inspectCard } from './card.ts';
import { type InspectCodeOptions, type Inspection, inspectCode } from './code.ts';

const refused = 1;

export function addInspectCommands(program: Command): void {
  const inspect = program.command('inspect').description('what the firmware makes of one medium, as JSON');
  inspect
    .command('code')
    .requiredOption('--trust <file>', 'root authorities, {"rootRecords": ["<144 bytes in hex>", …]}')
    .option('--at <instant>', 'the time of the check, ISO 8601; now unless given', instant)
    .option('--hex <hex>', 'the code in hex')
    .option('--bin <file>', 'a file of the raw code')
    .option('--frame <file>', 'a PNG picture of the code')
    .action(async (options: Omit<InspectCodeOptions, 'at'> & { at?: number }) => {
      print(await inspectCode({ ...options, at: options.at ?? Date.now() }));
    });
  inspect
    .command('card')
    .argument('<image>', 'card image file, JSON')
    .option('--at <instant>', 'the time of the check, ISO 8601; now unless given', instant)
    .action((image: string, { at }: { at?: number }) => print(inspectCard(image, at ?? Date.now())));
}

function print({ accepted, result }: Inspection): void {
  say(JSON.stringify(result));
  if (!accepted) process.exitCode = refused;
}
