/** What the monkey does: an endless, seeded sequence of actions, each one or more commands begun at the same moment. */
import type { Passenger } from '../bus/passengers.ts';
import type { PostName } from '../bus/validator-post.ts';
import type { Random } from '../media/random.ts';
import { hostileBytes } from './hostile-bytes.ts';
import { isLinkable } from './passenger-list.ts';

export type Action = readonly string[];

type Choices<T> = readonly [T, ...T[]];

export interface Surroundings {
  readonly passengers: readonly Passenger[];
  /** The commands that the bus has. */
  readonly commands: ReadonlySet<string>;
  readonly cardFaults: readonly string[];
}

const posts: Choices<PostName> = ['front', 'rear'];
const healths: Choices<string> = ['green', 'green', 'yellow', 'red', 'popup', 'unknown', 'none'];
const wires: Choices<string> = ['scanner', 'camera', 'passenger', 'crew', 'gnss'];
const gnssStates: Choices<string> = [
  'fix',
  'no-fix',
  'silent',
  'noise',
  'wrong-checksums',
  'stopped-clock',
  'rollover',
  'drive 60',
  'stop 2-07',
  'at 40.5,117',
  'offset 7200',
  'offset -7200',
  'offset 1500',
  'offset -1500',
  'offset 86400',
  'offset -864000',
];
const questions: Choices<string> = [
  'status',
  'readers',
  'cache',
  'feed',
  'gnss',
  'clock',
  'sync',
  'version',
  'bogus',
];
const views: Choices<string> = [
  '',
  '',
  ' rotationDeg=20',
  ' blurPixels=1 noise=6',
  ' tiltXDeg=25 contrast=0.5',
  ' codeHeight=0.35',
];
const waits: Choices<string> = ['0.2', '1', '2.7', '5.1'];

/** Not refused for what it is, as far as that can be seen at once. */
function isGood(passenger: Passenger): boolean {
  if (passenger.medium === 'ride-code') return passenger.ageS === 0;
  if (passenger.medium !== 't-union' && passenger.medium !== 'bmac') return false;
  const isEnabled = passenger.medium === 'bmac' || passenger.enabled;
  return isEnabled && !passenger.blacklisted && passenger.validTo > '2030';
}

export function createActions(
  random: Random,
  { passengers, commands, cardFaults }: Surroundings,
): () => Action {
  const pick = <T>(choices: readonly T[]) => random.pick(choices as Choices<T>);
  const cards = passengers.filter(({ medium }) => medium !== 'ride-code');
  const phones = passengers.filter(({ medium }) => medium === 'ride-code');
  const linkable = passengers.filter(isLinkable);
  /** The last few, who come again sooner than others. */
  let lately: Passenger[] = [];

  /** Mostly those whose health code is asked for. */
  function newcomer(from: readonly Passenger[]): Passenger {
    const good = from.filter(isLinkable).filter(isGood);
    return good.length > 0 && random.next() < 0.7 ? pick(good) : pick(from);
  }

  function someone(from: readonly Passenger[]): string {
    const again = lately.filter(passenger => from.includes(passenger));
    const passenger = again.length > 0 && random.next() < 0.35 ? pick(again) : newcomer(from);
    lately = [passenger, ...lately].slice(0, 3);
    return passenger.id;
  }

  function present(post: PostName): string {
    const dice = random.next();
    if (dice < 0.55) return `tap ${post} ${someone(cards)}`;
    if (dice < 0.65) return `tap ${post} ${someone(cards)} ${pick(cardFaults)}`;
    if (dice < 0.87) return `scan ${post} ${someone(phones)}`;
    return `show ${post} ${someone(phones)}${pick(views)}`;
  }

  /** Two passengers: nobody holds one card to two readers. */
  function atBothDoors(): Action {
    const front = present('front');
    let rear = present('rear');
    while (rear.split(' ')[2] === front.split(' ')[2]) rear = present('rear');
    return [front, rear];
  }

  const health = () => `health ${someone(linkable)} ${pick(healths)}`;
  const unplug = (post: PostName) => `unplug ${post} ${pick(wires)}`;
  const onePost = (command: (post: PostName) => string) => (): Action => [command(pick(posts))];

  function changeUnderRide(): Action {
    const post = pick(posts);
    const tap = present(post);
    const who = tap.split(' ')[2] ?? '';
    const change = linkable.some(({ id }) => id === who) ? `health ${who} ${pick(healths)}` : health();
    return [change, tap];
  }

  const kinds: readonly (readonly [weight: number, needs: string, make: () => Action])[] = [
    [40, 'tap', onePost(present)],
    [14, 'tap', atBothDoors],
    [7, 'health', () => [health()]],
    [4, 'health', changeUnderRide],
    [3, 'register', () => [`register ${someone(linkable)}`]],
    [2, 'withdraw', () => [`withdraw ${someone(linkable)}`]],
    [1, 'source', () => [`source ${pick(['ok', 'ok', 'ok', 'failing', 'contradicting', 'slow'])}`]],
    [2, 'publish', () => ['publish']],
    [3, 'network', () => [`network ${pick(['on', 'on', 'off'])}`]],
    [3, 'data', () => [`data ${pick(['fresh', 'fresh', 'stale', 'missing'])}`]],
    [2, 'phase', () => [`phase ${pick(['before', 'registration', 'trial', 'enforced', 'enforced'])}`]],
    [5, 'unplug', onePost(unplug)],
    [2, 'unplug', () => [unplug('front'), present('rear')]],
    [2, 'freeze', onePost(post => `freeze ${post} ${pick(['on', 'off', 'off'])}`)],
    [3, 'gnss', onePost(post => `gnss ${post} ${pick(gnssStates)}`)],
    [0.7, 'power', onePost(post => `power ${post}`)],
    [0.5, 'power', () => [present('rear'), 'power rear']],
    [3, 'console', onePost(post => `console ${post} ${pick(questions)}`)],
    [1, 'explain', onePost(post => `explain ${post} ${someone(passengers)}`)],
    [2, 'bytes', onePost(post => `bytes ${post} ${pick(['scanner', 'console'])} ${hostileBytes(random)}`)],
    [6, 'wait', () => [`wait ${pick(waits)}`]],
  ];
  const possible = kinds.filter(([, needs]) => commands.has(needs));
  const total = possible.reduce((sum, [weight]) => sum + weight, 0);

  return () => {
    let dice = random.next() * total;
    const chosen = possible.find(([weight]) => {
      dice -= weight;
      return dice < 0;
    });
    return (chosen ?? possible[0])?.[2]() ?? [];
  };
}
