/** Commands for validators, a file each in the back office's data: whoever gives one need not be the process that says it. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { officeCommands } from '../../../device/core/office-commands.ts';
import { writeDurably } from '../../../device/kit/durable-file.ts';
import { orWrongUsage, WrongUsage } from '../../../device/kit/errors.ts';
import { bodies } from '../../../sync/uplink/messages.ts';
import { readEnrolled } from './enrolled.ts';
import { uplinkPlaces } from './office-keys.ts';

const { id, name, withinS } = bodies.command.shape;
const { outcome, text } = bodies.answer.shape;
const instant = z.number();
const schema = z.strictObject({
  id,
  device: z.string(),
  name,
  /** Unix milliseconds, as all times here. */
  givenAt: instant,
  /** After that it is not done any more. */
  withinS,
  /** When it was said first. */
  saidAt: instant.optional(),
  answer: z.strictObject({ outcome, text, at: instant }).optional(),
});

export type GivenCommand = z.infer<typeof schema>;

/** Older ones make room. */
const mostKept = 1000;

/** @throws WrongUsage for a validator that is not enrolled, no such command, a time that is none */
export function giveCommand(
  dir: string,
  device: string,
  command: Pick<GivenCommand, 'withinS'> & { readonly name: string },
  now: number,
): GivenCommand {
  if (!readEnrolled(dir).some(each => each.id === device && each.revokedAt === undefined))
    throw new WrongUsage(`${device}: no such validator is enrolled`);
  const given = { id: randomBytes(16).toString('hex'), device, ...command, givenAt: now };
  const { data, error } = schema.safeParse(given);
  if (data === undefined) {
    const isName = error.issues.some(({ path }) => path[0] === 'name');
    throw new WrongUsage(
      isName
        ? `${command.name}: not one of ${officeCommands.join(', ')}`
        : 'a command lasts for 1 to 86400 seconds',
    );
  }
  orWrongUsage(() => {
    mkdirSync(uplinkPlaces(dir).commands, { recursive: true, mode: 0o700 });
    tidy(dir);
    noteCommand(dir, data);
  });
  return data;
}

/** On the disk when it returns. @throws the system's error */
export function noteCommand(dir: string, command: GivenCommand): void {
  writeDurably(fileOf(dir, command.id), `${JSON.stringify(command)}\n`, 0o600);
}

/** @returns undefined where there is none, or it cannot be read */
export function readCommand(dir: string, id: string): GivenCommand | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(fileOf(dir, id), 'utf8')));
  } catch {
    return undefined;
  }
}

/** The oldest first; what is no command is left out. */
export function readCommands(dir: string): readonly GivenCommand[] {
  const { commands } = uplinkPlaces(dir);
  if (!existsSync(commands)) return [];
  return readdirSync(commands)
    .flatMap(file => (/^[0-9a-f]{32}\.json$/.test(file) ? (readCommand(dir, file.slice(0, 32)) ?? []) : []))
    .sort((a, b) => a.givenAt - b.givenAt);
}

export type CommandState = 'waiting' | 'said' | 'done' | 'failed' | 'too late';

export function stateOf({ answer, saidAt, ...command }: GivenCommand, now: number): CommandState {
  if (answer !== undefined) return answer.outcome;
  if (now >= endOf(command)) return 'too late';
  return saidAt === undefined ? 'waiting' : 'said';
}

/** Unix milliseconds */
export function endOf({ givenAt, withinS }: Pick<GivenCommand, 'givenAt' | 'withinS'>): number {
  return givenAt + withinS * 1000;
}

function tidy(dir: string): void {
  for (const { id: old } of readCommands(dir).slice(0, -mostKept)) rmSync(fileOf(dir, old), { force: true });
}

function fileOf(dir: string, id: string): string {
  return join(uplinkPlaces(dir).commands, `${id}.json`);
}
