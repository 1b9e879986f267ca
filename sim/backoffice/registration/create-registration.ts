/**
 * The upgrade service behind the site: codes by SMS, what a person owns, consent, withdrawal.
 *
 * What a phone's owner has is looked up only for a session that has entered the code sent to that phone, so that nothing
 * before that depends on it. The name is part of the look-up: with a wrong name nothing is found.
 */
import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { DeviceError, messageOf } from '../../../device/kit/errors.ts';
import type { MediaOwners } from '../media-owners/media-owners.ts';
import type { MakeUp } from '../settlement/make-up.ts';
import { codeLifetimeMs } from '../store/retention.ts';
import type { PendingCode, Store } from '../store/store.ts';
import { type CodeLimits, decideCode, usualLimits } from './code-limits.ts';
import { claimedNameSchema, maskedAccount, maskedName, maskedPhone, phoneSchema } from './identity.ts';
import type { CodeRequest, OwnState, Registration, Verification, Visitor } from './registration.ts';
import { messageText, type SmsGateway } from './sms-gateway.ts';

export interface RegistrationParts {
  readonly store: Store;
  readonly mediaOwners: MediaOwners;
  readonly makeUp: MakeUp;
  readonly gateway: SmsGateway;
  /** Somebody has registered or withdrawn, which is to be published soon. */
  readonly changed: (event: 'registered' | 'withdrawn', who: { name: string; phone: string }) => void;
}

export interface RegistrationOptions {
  /** Unix milliseconds */
  readonly opensAt: () => number;
  /** The longest time until a tap can tell. */
  readonly liveWithinMs: number;
  readonly limits?: Partial<CodeLimits>;
  /** The service's own clock. */
  readonly now?: () => number;
}

/** 2022-05-19 00:00 in Beijing. */
export const announcedOpening = Date.UTC(2022, 4, 18, 16);

const maxWrongTries = 5;
/** Whoever shares a code that somebody else asked for has so many tries. */
const triesOfSharers = 2;
const verifiedForMs = 10 * 60_000;

const requestSchema = z.object({
  purpose: z.enum(['register', 'manage']),
  name: claimedNameSchema,
  phone: phoneSchema,
  byProxy: z.boolean(),
});
const textVersionSchema = z.string().min(1).max(64);

export function createRegistration(
  { store, mediaOwners, makeUp, gateway, changed }: RegistrationParts,
  { opensAt, liveWithinMs, limits, now = Date.now }: RegistrationOptions,
): Registration {
  const { codes, people } = store;
  const allLimits = { ...usualLimits, ...limits };

  async function actingFor(visitor: Visitor, purpose?: CodeRequest['purpose']) {
    const request = await codes.verified(visitor, now());
    return purpose === undefined || request?.purpose === purpose ? request : undefined;
  }

  return {
    get opensAt() {
      return opensAt();
    },
    isOpen: () => now() >= opensAt(),
    async requestCode(visitor, given) {
      const request = requestSchema.parse(given);
      if (now() < opensAt()) throw new Error('not open yet');
      const at = now();
      const code = String(randomInt(1_000_000)).padStart(6, '0');
      const wanted = { code, request, now: at, wrongTriesOfSharers: maxWrongTries - triesOfSharers };
      const added = await codes.add(visitor, wanted, recent => decideCode(recent, allLimits, at));
      if ('sent' in added) return added;
      const resendAfterS = allLimits.resendAfterMs / 1000;
      if (!added.sends) return { sent: true, resendAfterS, before: true };
      try {
        await gateway.send(request.phone, messageText(request, added.code, codeLifetimeMs / 60_000));
      } catch (error) {
        await codes.takeBack(visitor);
        throw new DeviceError('disconnected', 'sms-gateway', messageOf(error), error);
      }
      return { sent: true, resendAfterS, before: false };
    },
    verify(visitor, code, session = visitor.session) {
      const at = now();
      const next = { session, now: at, until: at + verifiedForMs };
      return codes.verify(visitor, next, pending => judge(pending, code, at));
    },
    async ownState(visitor) {
      const who = await actingFor(visitor);
      return who && ownStateOf(who, store, mediaOwners);
    },
    async consent(visitor, givenVersion) {
      const textVersion = textVersionSchema.parse(givenVersion);
      // A visitor who came to look up their state may consent as well. One who came to register may not withdraw.
      const who = await actingFor(visitor);
      if (who === undefined) return { done: false, why: 'not-verified' };
      const { media } = await mediaOwners.mediaOf(who);
      if (media.length === 0) return { done: false, why: 'no-media' };
      const at = now();
      await people.register(who, media, { at, textVersion, basis: who.byProxy ? 'proxy' : 'consent' });
      changed('registered', who);
      return { done: true, liveWithinMs };
    },
    async withdraw(visitor) {
      const who = await actingFor(visitor, 'manage');
      if (who === undefined) return { done: false, why: 'not-verified' };
      if (!(await people.withdraw(who, now()))) return { done: false, why: 'not-registered' };
      changed('withdrawn', who);
      return { done: true };
    },
    async missedTapOffs(visitor) {
      const who = await actingFor(visitor, 'manage');
      if (who === undefined) return undefined;
      const { media } = await mediaOwners.mediaOf(who);
      return { days: makeUp.days(), rides: makeUp.missedBy(media) };
    },
    async makeUp(visitor, ride, stop) {
      const who = await actingFor(visitor, 'manage');
      return who && makeUp.makeUp((await mediaOwners.mediaOf(who)).media, ride, stop);
    },
    leave: visitor => codes.forget(visitor),
  };
}

function judge(pending: PendingCode | undefined, code: string, now: number): Verification {
  if (pending === undefined || now >= pending.sentAt + codeLifetimeMs)
    return { verified: false, why: 'no-code' };
  if (pending.matches(code)) return { verified: true };
  return { verified: false, why: 'wrong', triesLeft: Math.max(0, maxWrongTries - 1 - pending.wrongTries) };
}

async function ownStateOf(who: CodeRequest, { people }: Store, owners: MediaOwners): Promise<OwnState> {
  const [owned, registered] = await Promise.all([owners.mediaOf(who), people.find(who)]);
  const linked = new Set(registered?.links.map(({ kind, account }) => `${kind} ${account}`));
  return {
    maskedName: maskedName(who.name),
    maskedPhone: maskedPhone(who.phone),
    media: owned.media.map(({ kind, account }) => ({
      kind,
      maskedAccount: maskedAccount(account),
      linked: linked.has(`${kind} ${account}`),
    })),
    hasForeignMedia: owned.hasForeignMedia,
    consent: registered?.consent,
    health: registered?.health,
  };
}
