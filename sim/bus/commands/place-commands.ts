/** `door` and `stop`: the doors of the bus, and the crew's word on where it is. */
import { setTimeout as sleep } from 'node:timers/promises';
import { WrongUsage } from '../../../device/kit/errors.ts';
import { typeOnConsole } from '../console.ts';
import { type PostName, postNames, type ValidatorPost } from '../validator-post.ts';
import { type BusCommand, oneOf } from './command.ts';

const both = 'both';
const where = [...postNames, both] as const;
/** A validator hears of its door within a tenth of a second; one that is not running or pulled out does not. */
const heardWithinMs = 2000;
const pollMs = 10;

export const placeCommands: readonly BusCommand[] = [
  {
    name: 'door',
    usage: `${where.join('|')} open|close`,
    help: 'open or close a door, or both: while it is open, the stop is that of its opening',
    async run(bus, [at, word]) {
      const state = oneOf(word, ['open', 'close'] as const) === 'open' ? 'open' : 'closed';
      await Promise.all(postsAt(at).map(name => moveDoor(bus.posts[name], state)));
      return { event: 'door', validator: at, state };
    },
  },
  {
    name: 'stop',
    usage: `${where.join('|')} [next|auto|ID…]`,
    help: "the crew sets the stop on a validator's console, or on both: auto, as the receiver has it; without a word it is asked for",
    async run(bus, [at, ...words]) {
      const texts = await Promise.all(
        postsAt(at).map(async name => [name, await stopSaid(bus.posts[name], words.join(' '))] as const),
      );
      return { event: 'stop', validator: at, ...Object.fromEntries(texts) };
    },
  },
];

function postsAt(at: string | undefined): readonly PostName[] {
  const named = oneOf(at, where);
  return named === both ? postNames : [named];
}

async function moveDoor({ doorContact, doorHeard }: ValidatorPost, state: 'open' | 'closed'): Promise<void> {
  doorContact.move(state);
  const deadline = performance.now() + heardWithinMs;
  while (doorHeard() !== state && performance.now() < deadline) await sleep(pollMs);
}

/** @throws WrongUsage with what the validator objects */
async function stopSaid({ consolePort }: ValidatorPost, word: string): Promise<string> {
  const answer = await typeOnConsole(consolePort, `stop ${word}`.trim());
  const said = /^stop +(.*)$/m.exec(answer)?.[1];
  if (said === undefined) throw new WrongUsage(answer.trim() || 'the console does not answer');
  return said;
}
