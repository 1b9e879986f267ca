/** What the monkey does: an endless, seeded sequence of actions, each one or more commands begun at the same moment. */
import { toHex } from '../../device/core/bytes.ts';
import { wireNames } from '../bus/commands/wire-commands.ts';
import { lineStops } from '../bus/line-stops.ts';
import type { Passenger } from '../bus/passengers.ts';
import type { PostName } from '../bus/validator-post.ts';
import { postNames } from '../bus/validator-post.ts';
import type { Random } from '../media/random.ts';
import { cardFaults } from '../wires/card-faults.ts';
import { psamFaults } from '../wires/psam-faults.ts';
import { isLinkable } from './passenger-list.ts';
import { fareLine, fareStops } from './published-fares.ts';

export type Action = readonly string[];

const healths = ['green', 'green', 'yellow', 'red', 'popup', 'unknown', 'none'];
const gnssStates = [
  'fix',
  'no-fix',
  'silent',
  'noise',
  'wrong-checksums',
  'stopped-clock',
  'rollover',
  'drive 60',
  'at 40.5,117',
  'offset 7200',
  'offset -7200',
  'offset 1500',
  'offset -1500',
  'offset 86400',
  'offset -864000',
];
const questions = ['status', 'readers', 'cache', 'feed', 'gnss', 'clock', 'sync', 'version', 'bogus'];
const views = [
  '',
  '',
  ' rotationDeg=20',
  ' blurPixels=1 noise=6',
  ' tiltXDeg=25 contrast=0.5',
  ' codeHeight=0.35',
];
/** Those of wrong keys write rows that no line of the log tells of. */
const psams = [
  ...Array.from({ length: 8 }, () => 'in'),
  'slow',
  'out',
  ...psamFaults.filter(fault => fault !== 'wrong-keys'),
];
/** A torn purchase is the rarest of what must go right: only a card that is to pay can be torn. */
const tears = ['leaves-before-debit', 'leaves-after-debit'];
const faults = [...Object.keys(cardFaults), ...tears, ...tears, ...tears, ...tears];
const waits = ['0.2', '1', '2.7', '5.1'];

/** Whether the validator should take this medium, as far as the list tells. */
function isGood(passenger: Passenger): boolean {
  if (passenger.medium === 'ride-code') return passenger.ageS === 0;
  if (passenger.medium !== 't-union' && passenger.medium !== 'bmac') return false;
  const isEnabled = passenger.medium === 'bmac' || passenger.enabled;
  return isEnabled && !passenger.blacklisted && passenger.validTo > '2030';
}

/** Of those on the list nothing else is seen. */
const mostDenied = 3;

/** @param line the bus's: it says which stops there are */
export function createActions(random: Random, passengers: readonly Passenger[], line = '2'): () => Action {
  const stops = line === fareLine ? fareStops : lineStops.map(({ id }) => id);
  const pick = <T>(choices: readonly T[]) => random.pick(choices as readonly [T, ...T[]]);
  const cards = passengers.filter(({ medium }) => medium !== 'ride-code');
  const phones = passengers.filter(({ medium }) => medium === 'ride-code');
  const linkable = passengers.filter(isLinkable);
  /** The last few passengers, who come again sooner than others. */
  let lately: Passenger[] = [];
  /** Those on the list, the first one first. */
  let denied: string[] = [];

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
    if (dice < 0.65) return `tap ${post} ${someone(cards)} ${pick(faults)}`;
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
  const unplug = (post: PostName) => `unplug ${post} ${pick(wireNames)}`;
  const onePost = (command: (post: PostName) => string) => (): Action => [command(pick(postNames))];

  function changeUnderRide(): Action {
    const post = pick(postNames);
    const tap = present(post);
    const who = tap.split(' ')[2] ?? '';
    const change = linkable.some(({ id }) => id === who) ? `health ${who} ${pick(healths)}` : health();
    return [change, tap];
  }

  function changeList(): Action {
    const [first, ...others] = denied;
    if (first !== undefined && (denied.length === mostDenied || random.next() < 0.4)) {
      denied = others;
      return [`reinstate ${first}`];
    }
    const who = someone(linkable);
    denied = [...denied.filter(id => id !== who), who];
    return [`deny ${who}`];
  }

  const kinds: readonly (readonly [weight: number, make: () => Action])[] = [
    [40, onePost(present)],
    [14, atBothDoors],
    [7, () => [health()]],
    [4, changeUnderRide],
    [3, () => [`register ${someone(linkable)}`]],
    [2, () => [`withdraw ${someone(linkable)}`]],
    [4, changeList],
    [1, () => [`source ${pick(['ok', 'ok', 'ok', 'failing', 'contradicting', 'slow'])}`]],
    [2, () => ['publish']],
    [3, () => [`network ${pick(['on', 'on', 'off'])}`]],
    [3, () => [`data ${pick(['fresh', 'fresh', 'stale', 'missing'])}`]],
    [2, () => [`phase ${pick(['before', 'registration', 'trial', 'enforced', 'enforced'])}`]],
    [5, onePost(unplug)],
    [2, () => [unplug('front'), present('rear')]],
    [3, onePost(post => `psam ${post} ${pick(psams)}`)],
    [2, onePost(post => `freeze ${post} ${pick(['on', 'off', 'off'])}`)],
    [3, onePost(post => `gnss ${post} ${pick([...gnssStates, `stop ${pick(stops)}`])}`)],
    [6, () => [`stop ${pick(['both', 'front', 'rear'])} ${pick([...stops, 'auto'])}`]],
    [0.7, onePost(post => `power ${post}`)],
    [0.5, () => [present('rear'), 'power rear']],
    [3, onePost(post => `console ${post} ${pick(questions)}`)],
    [1, onePost(post => `explain ${post} ${someone(passengers)}`)],
    [2, onePost(post => `bytes ${post} ${pick(['scanner', 'console'])} ${hostileBytes(random)}`)],
    [6, () => [`wait ${pick(waits)}`]],
  ];
  const total = kinds.reduce((sum, [weight]) => sum + weight, 0);

  return () => {
    let dice = random.next() * total;
    const chosen = kinds.find(([weight]) => {
      dice -= weight;
      return dice < 0;
    });
    return (chosen ?? kinds[0])?.[1]() ?? [];
  };
}

const encoder = new TextEncoder();

/** Bytes that no scanner module and no technician sends, in hex. */
function hostileBytes(random: Random): string {
  const makes: readonly [() => Uint8Array, ...(() => Uint8Array)[]] = [
    () => random.bytes(1 + Math.floor(random.next() * 400)),
    () => encoder.encode(`${'A'.repeat(1 + Math.floor(random.next() * 1500))}\r\n`),
    () => encoder.encode('\u0000\u0003\u0004\u001a\u001b[A\u001b[200~\r'),
    () => encoder.encode('status\u0000; DROP TABLE tap;--\r'),
    () => encoder.encode('{"__proto__": 1}\r\n'),
    () => encoder.encode(`81${'0'.repeat(662)}\r\n`),
    () => Uint8Array.from({ length: 300 }, () => 0xff),
    () => encoder.encode('\r\n\r\n\r\n'),
  ];
  return toHex(random.pick(makes)());
}
