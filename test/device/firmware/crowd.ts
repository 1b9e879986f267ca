/** Passengers of every kind, each used once: no repeat by accident. Numbers look like real ones, and are told apart. */
import type { Status } from '../../../device/core/check.ts';
import type { MediumKind } from '../../../device/core/medium.ts';
import type { Issuer } from '../../../sim/media/authority.ts';
import {
  type BmacOptions,
  bmacImage,
  type TUnionOptions,
  tUnionImage,
} from '../../../sim/media/card-images.ts';
import { createPhone, type Phone } from '../../../sim/media/phone.ts';
import { createRandom } from '../../../sim/media/random.ts';
import { createSm2Key } from '../../../sim/media/sm2-key.ts';
import { createVirtualCard, type VirtualCard } from '../../../sim/media/virtual-card.ts';
import type { Link } from '../../../sync/publisher/table/people.ts';

export type Health = Status | 'none';

const perKind = 150;
const linked: readonly Status[] = ['green', 'yellow', 'red', 'popup', 'unknown'];
const digits = { 't-union': 19, bmac: 16, 'ride-code': 20 } as const;
const beginnings = { 't-union': '31051', bmac: '1000', 'ride-code': '' } as const;

export interface Crowd {
  readonly links: readonly Link[];
  /** All account numbers handed out so far. */
  readonly accounts: readonly string[];
  account(kind: MediumKind, health: Health): string;
  tUnion(health: Health, options?: TUnionOptions): VirtualCard;
  bmac(health: Health, options?: BmacOptions): VirtualCard;
  phone(health: Health): Phone;
  /** The code of a new phone, made now. */
  code(health: Health): Uint8Array;
}

export function createCrowd(issuer: Issuer): Crowd {
  const random = createRandom(20220601);
  const serial = (kind: MediumKind): string => {
    const wanted = digits[kind] - beginnings[kind].length;
    return beginnings[kind] + Array.from(random.bytes(wanted), byte => byte % 10).join('');
  };
  const key = createSm2Key();
  const waiting = new Map<string, string[]>();
  const accounts: string[] = [];
  const links = (['t-union', 'bmac', 'ride-code'] as const).flatMap(medium =>
    linked.flatMap(status =>
      Array.from({ length: perKind }, (_, i): Link => {
        const account = serial(medium);
        waiting.set(`${medium} ${status}`, [...(waiting.get(`${medium} ${status}`) ?? []), account]);
        return { medium, account, person: `${medium} ${status} ${i}`, status };
      }),
    ),
  );

  function account(kind: MediumKind, health: Health): string {
    const next = health === 'none' ? serial(kind) : waiting.get(`${kind} ${health}`)?.shift();
    if (next === undefined) throw new Error(`no more ${kind} passengers with ${health}`);
    accounts.push(next);
    return next;
  }

  const crowd: Crowd = {
    links,
    accounts,
    account,
    tUnion: (health, options = {}) =>
      createVirtualCard(tUnionImage({ number: account('t-union', health), ...options })),
    bmac: (health, options = {}) =>
      createVirtualCard(bmacImage({ number: account('bmac', health), ...options })),
    phone: health => createPhone({ issuer, key, account: account('ride-code', health) }),
    code: health => crowd.phone(health).showCode({ at: Date.now() }),
  };
  return crowd;
}
