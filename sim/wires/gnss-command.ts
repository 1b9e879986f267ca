/** `gnss replay`: a recorded log of a satellite receiver, for a validator on the bench. */
import type { Command } from 'commander';
import { messageOf, WrongUsage } from '../../device/kit/errors.ts';
import { readInput } from '../../device/kit/input-file.ts';
import { portNumber } from '../../device/kit/option-values.ts';
import { say } from '../../device/kit/printable.ts';
import { replayNmea } from './nmea-replay.ts';

const maxLogBytes = 64 << 20;

export function addGnssCommands(program: Command): void {
  program
    .command('gnss')
    .description('satellite receivers')
    .command('replay')
    .description('send a recorded NMEA 0183 log over and over, at its own pace, until SIGTERM')
    .argument('<log>', 'as a receiver sent it')
    .option('--port <n>', 'any free one unless given', portNumber, 0)
    .action(async (file: string, { port }: { port: number }) => {
      const log = readInput(file, maxLogBytes);
      const server = await replayNmea(log, port).catch(error => {
        throw new WrongUsage(`${file}, port ${port}: ${messageOf(error)}`);
      });
      for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void server.close());
      say(JSON.stringify({ path: `tcp://127.0.0.1:${server.port}` }));
    });
}
