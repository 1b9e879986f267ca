/** `voice make`: the pilot's recordings, for a validator's speaker. */
import type { Command } from 'commander';
import { say } from '../../device/kit/printable.ts';
import { makeVoice } from './make-voice.ts';

export function addVoiceCommand(program: Command): void {
  program
    .command('voice')
    .description('what validators say aloud')
    .command('make')
    .description("make the pilot's recordings by espeak-ng, di.wav and so on")
    .argument('<dir>', 'where they are written; files of these names are replaced')
    .option('--mp3', 'for the folder mp3 of a serial module: 0001-di.mp3 and so on, by ffmpeg')
    .action(async (directory: string, { mp3 = false }: { mp3?: boolean }) => {
      const files = await makeVoice(directory, mp3);
      say(JSON.stringify({ files }));
    });
}
