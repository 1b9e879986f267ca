/** The service behind the registration site, in memory, with an SMS inbox and its outages. */
import type {
  Basis,
  CodeRequest,
  FoundMedium,
  MissedTapOff,
  OwnState,
  Registration,
  Visitor,
} from '../../../../sim/backoffice/registration/registration.ts';

export interface Passenger {
  readonly name: string;
  readonly phone: string;
  readonly media: readonly Omit<FoundMedium, 'linked'>[];
  readonly hasForeignMedia?: boolean;
}

export interface Consent {
  readonly at: number;
  readonly textVersion: string;
  readonly basis: Basis;
}

export interface FakeRegistration extends Registration {
  /** Codes sent to a phone, the newest last; each answered like the others, and each is sent whether anything is known or not. */
  inbox(phone: string): readonly string[];
  /** By phone. */
  readonly consents: ReadonlyMap<string, Consent>;
  /** Rides without a tap-off, by phone. */
  readonly missed: Map<string, readonly MissedTapOff[]>;
  /** How often anything was asked of the service. */
  calls(): number;
  setOpen(isOpen: boolean): void;
  /** Each call then fails with what this gives, or waits for good where it gives a promise. */
  breakWith(fault: (() => unknown) | undefined): void;
  /** Verified sessions are then too old. */
  expire(): void;
  /** A code may be had again. */
  passMinute(): void;
}

export const opensAt = Date.parse('2022-05-19T00:00:00+08:00');
const liveWithinMs = 300_000;
const maxTries = 5;

interface Sent {
  readonly request: CodeRequest;
  readonly code: string;
  triesLeft: number;
}

export function createFakeRegistration(passengers: readonly Passenger[]): FakeRegistration {
  const inboxes = new Map<string, string[]>();
  const consents = new Map<string, Consent>();
  const missed = new Map<string, readonly MissedTapOff[]>();
  const sent = new Map<string, Sent>();
  const verified = new Map<string, CodeRequest>();
  const justSent = new Set<string>();
  let calls = 0;
  let isOpen = true;
  let fault: (() => unknown) | undefined;

  async function count(): Promise<void> {
    calls++;
    // The service is never at once: what runs at the same time meets here.
    await new Promise(resolve => setTimeout(resolve, 2));
    await fault?.();
  }
  function passengerOf({ name, phone }: CodeRequest): Passenger | undefined {
    return passengers.find(passenger => passenger.phone === phone && passenger.name === name);
  }

  return {
    opensAt,
    isOpen: () => isOpen,
    async requestCode({ session }: Visitor, request) {
      await count();
      if (justSent.has(request.phone)) return { sent: false, why: 'too-soon', waitS: 42 };
      const code = String(100_000 + ((calls * 7919) % 900_000));
      justSent.add(request.phone);
      inboxes.set(request.phone, [...(inboxes.get(request.phone) ?? []), code]);
      sent.set(session, { request, code, triesLeft: maxTries });
      return { sent: true, resendAfterS: 60, before: false };
    },
    async verify({ session }, code, next = session) {
      await count();
      const pending = sent.get(session);
      if (pending === undefined) return { verified: false, why: 'no-code' };
      if (pending.code !== code) {
        if (--pending.triesLeft === 0) sent.delete(session);
        return { verified: false, why: 'wrong', triesLeft: pending.triesLeft };
      }
      sent.delete(session);
      verified.set(next, pending.request);
      return { verified: true };
    },
    async ownState({ session }) {
      await count();
      const request = verified.get(session);
      if (request === undefined) return undefined;
      const passenger = passengerOf(request);
      const consent = consents.get(request.phone);
      const state: OwnState = {
        maskedName: `${request.name.slice(0, 1)}**`,
        maskedPhone: `${request.phone.slice(0, 3)}****${request.phone.slice(-4)}`,
        media: (passenger?.media ?? []).map(medium => ({ ...medium, linked: consent !== undefined })),
        hasForeignMedia: passenger?.hasForeignMedia ?? false,
        consent,
        health: consent && { status: 'green', at: consent.at },
      };
      return state;
    },
    async consent({ session }, textVersion) {
      await count();
      const request = verified.get(session);
      if (request === undefined) return { done: false, why: 'not-verified' };
      if ((passengerOf(request)?.media ?? []).length === 0) return { done: false, why: 'no-media' };
      consents.set(request.phone, {
        at: opensAt + 60_000,
        textVersion,
        basis: request.byProxy ? 'proxy' : 'consent',
      });
      return { done: true, liveWithinMs };
    },
    async withdraw({ session }) {
      await count();
      const request = verified.get(session);
      if (request?.purpose !== 'manage') return { done: false, why: 'not-verified' };
      return consents.delete(request.phone) ? { done: true } : { done: false, why: 'not-registered' };
    },
    async missedTapOffs({ session }) {
      await count();
      const request = verified.get(session);
      return request?.purpose === 'manage' ? { days: 7, rides: missed.get(request.phone) ?? [] } : undefined;
    },
    async makeUp({ session }, ride, stop) {
      await count();
      const request = verified.get(session);
      if (request?.purpose !== 'manage') return undefined;
      const rides = missed.get(request.phone) ?? [];
      const found = rides.find(each => each.ride === ride && each.madeUp === undefined);
      const chosen = found?.stops.find(({ id }) => id === stop);
      if (found === undefined) return { done: false, why: 'no-ride' };
      if (chosen === undefined) return { done: false, why: 'no-stop' };
      const fareFen = 100;
      const changed = { ...found, madeUp: chosen.name, fareFen };
      missed.set(
        request.phone,
        rides.map(each => (each === found ? changed : each)),
      );
      return { done: true, kind: found.kind, fareFen, refundFen: found.fareFen - fareFen };
    },
    async leave({ session }) {
      await count();
      verified.delete(session);
    },
    inbox: phone => inboxes.get(phone) ?? [],
    consents,
    missed,
    calls: () => calls,
    setOpen(open) {
      isOpen = open;
    },
    breakWith(next) {
      fault = next;
    },
    expire: () => verified.clear(),
    passMinute: () => justSent.clear(),
  };
}

export const lin: Passenger = {
  name: '林晓梅',
  phone: '13800001234',
  media: [
    { kind: 't-union', maskedAccount: '**** **** 4821' },
    { kind: 'ride-code', maskedAccount: '**** **** 77ab' },
  ],
};
export const foreigner: Passenger = { name: '钱多', phone: '13900005678', media: [], hasForeignMedia: true };
export const grandmother: Passenger = {
  name: '王秀英',
  phone: '15000009999',
  media: [{ kind: 'bmac', maskedAccount: '**** **** 0063' }],
};
/** Nothing is known under it. */
export const stranger: Passenger = { name: '赵生', phone: '17700004321', media: [] };
