/** `media import`: makes a card image of what a reader app or a trace has of a card. */
import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { messageOf, WrongUsage } from '../../../device/kit/errors.ts';
import { say } from '../../../device/kit/printable.ts';
import { importDump } from './import-dump.ts';

export function addMediaCommands(program: Command): void {
  const media = program.command('media').description('cards of reader apps and traces');
  media
    .command('import')
    .description('a card image of a dump: Metrodroid, a log of APDUs, a trace of the console')
    .argument('<dump>', 'the file')
    .option('--out <image>', 'where to write the image; printed unless given')
    .option('--reader <name>', 'of a trace with several readers: which')
    .action((dump: string, { out, reader }: { out?: string; reader?: string }) => {
      const { image, ...about } = importDump(dump, reader);
      if (out === undefined) {
        say(JSON.stringify(image));
        return;
      }
      write(out, `${JSON.stringify(image, undefined, 2)}\n`);
      say(JSON.stringify({ ...about, applications: image.applications.length, image: out }));
    });
}

/** It holds a card's number: nobody else is to read it. */
function write(out: string, text: string): void {
  try {
    writeFileSync(out, text, { mode: 0o600 });
  } catch (error) {
    throw new WrongUsage(`${out}: ${messageOf(error)}`);
  }
}
