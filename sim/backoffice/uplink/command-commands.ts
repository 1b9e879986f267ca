/** `backoffice command` and `commands`: has a validator do something, and tells what came of it. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { isoTime } from '../../../device/core/iso-time.ts';
import { officeCommands } from '../../../device/core/office-commands.ts';
import { WrongUsage } from '../../../device/kit/errors.ts';
import { atLeastOne } from '../../../device/kit/option-values.ts';
import { say } from '../../../device/kit/printable.ts';
import { requireOffice } from '../office-data.ts';
import {
  endOf,
  type GivenCommand,
  giveCommand,
  readCommand,
  readCommands,
  stateOf,
} from './given-commands.ts';

interface Words {
  readonly forS: number;
  readonly wait?: true;
}

const usualS = 600;
const lookMs = 100;
/** An answer may still be on its way when the time is over. */
const answerMs = 5000;
const refused = 1;

export function addCommandCommands(office: Command): void {
  office
    .command('command')
    .description('has a validator do something, when it is connected next to the back office that is running')
    .argument('<dir>', "the back office's data")
    .argument('<id>', "the validator's name")
    .argument('<what>', officeCommands.join(', '))
    .option('--for-s <n>', 'not later than so many seconds from now', atLeastOne, usualS)
    .option('--wait', 'until it has answered, or the time is over; exit 1 unless it is done')
    .action(async (dir: string, id: string, what: string, { forS, wait }: Words) => {
      requireOffice(dir);
      const given = giveCommand(dir, id, { name: what, withinS: forS }, Date.now());
      if (wait === undefined) print(given);
      else print(await answered(dir, given), true);
    });
  office
    .command('commands')
    .description('what validators were given to do, and what came of it; the newest last')
    .argument('<dir>', "the back office's data")
    .option('--device <id>', 'of this validator alone')
    .action((dir: string, { device }: { readonly device?: string }) => {
      requireOffice(dir);
      const all = readCommands(dir).filter(each => device === undefined || each.device === device);
      say(JSON.stringify({ commands: all.map(told) }));
    });
}

async function answered(dir: string, given: GivenCommand): Promise<GivenCommand> {
  for (;;) {
    const now = readCommand(dir, given.id);
    if (now === undefined) throw new WrongUsage(`${given.id}: the command is not there any more`);
    if (now.answer !== undefined || Date.now() > endOf(now) + answerMs) return now;
    await delay(lookMs);
  }
}

function print(command: GivenCommand, isOver = false): void {
  const outcome = told(command);
  say(JSON.stringify(outcome));
  if (isOver && outcome.state !== 'done') process.exitCode = refused;
}

function told(command: GivenCommand) {
  const { id, device, name, givenAt, answer } = command;
  return {
    ...{ id, device, command: name, given: isoTime(givenAt), until: isoTime(endOf(command)) },
    state: stateOf(command, Date.now()),
    ...(answer && { answered: isoTime(answer.at), text: answer.text }),
  };
}
