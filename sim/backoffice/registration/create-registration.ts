/**
 * The upgrade service itself, behind the site: codes by SMS, what is found, consent, withdrawal.
 *
 * Whether a phone owns anything is looked up only for a session that has entered the code that phone received, so nothing
 * before that can depend on it. The name is part of what is looked up: with a wrong one nothing is found.
 */
import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { DeviceError, messageOf } from '../../../device/errors.ts';
import type { Register } from '../register/register.ts';
import { codeLifetimeMs } from '../store/retention.ts';
import type { PendingCode, Store } from '../store/store.ts';
import { type CodeLimits, refuseCode, usualLimits } from './code-limits.ts';
import { claimedNameSchema, maskedAccount, maskedName, maskedPhone, phoneSchema } from './identity.ts';
import { networkOf } from './network.ts';
import type { CodeRequest, OwnState, Registration, Verification, Visitor } from './registration.ts';
import { messageText, type SmsGateway } from './sms-gateway.ts';

export interface RegistrationParts {
  readonly store: Store;
  readonly register: Register;
  readonly gateway: SmsGateway;
  /** Somebody has registered or withdrawn: to be published soon. */
  readonly changed: (event: 'registered' | 'withdrawn', who: { name: string; phone: string }) => void;
}

export interface RegistrationOptions {
  /** Unix milliseconds */
  readonly opensAt: () => number;
  /** How long until a tap can tell, at most. */
  readonly liveWithinMs: number;
  readonly limits?: Partial<CodeLimits>;
  /** The service's own clock. */
  readonly now?: () => number;
}

/** 2022-05-19 00:00 in Beijing. */
export const announcedOpening = Date.UTC(2022, 4, 18, 16);

const maxWrongTries = 5;
const verifiedForMs = 10 * 60_000;

const requestSchema = z.object({
  purpose: z.enum(['register', 'manage']),
  name: claimedNameSchema,
  phone: phoneSchema,
  byProxy: z.boolean(),
});
const textVersionSchema = z.string().min(1).max(64);

export function createRegistration(
  { store, register, gateway, changed }: RegistrationParts,
  { opensAt, liveWithinMs, limits, now = Date.now }: RegistrationOptions,
): Registration {
  const { codes, people } = store;
  const allLimits = { ...usualLimits, ...limits };

  async function actingFor(visitor: Visitor, purpose?: CodeRequest['purpose']) {
    const request = await codes.verified(addressed(visitor), now());
    return purpose === undefined || request?.purpose === purpose ? request : undefined;
  }

  return {
    get opensAt() {
      return opensAt();
    },
    isOpen: () => now() >= opensAt(),
    async requestCode(asking, given) {
      const request = requestSchema.parse(given);
      if (now() < opensAt()) throw new Error('not open yet');
      const visitor = addressed(asking);
      const at = now();
      const code = String(randomInt(1_000_000)).padStart(6, '0');
      const refusal = await codes.add(visitor, { code, request, now: at }, recent =>
        refuseCode(recent, allLimits, at),
      );
      if (refusal !== undefined) return refusal;
      try {
        await gateway.send(request.phone, messageText(request, code, codeLifetimeMs / 60_000));
      } catch (error) {
        await codes.takeBack(visitor);
        throw new DeviceError('disconnected', 'sms-gateway', messageOf(error), error);
      }
      return { sent: true, resendAfterS: allLimits.resendAfterMs / 1000 };
    },
    verify(visitor, code) {
      const at = now();
      const times = { now: at, until: at + verifiedForMs };
      return codes.verify(addressed(visitor), times, pending => judge(pending, code, at));
    },
    renew: (visitor, session) => codes.renew(addressed(visitor), session),
    async ownState(visitor) {
      const who = await actingFor(visitor);
      return who && ownStateOf(who, store, register);
    },
    async consent(visitor, givenVersion) {
      const textVersion = textVersionSchema.parse(givenVersion);
      // Also who came to look up what is linked, and found nothing; but not the other way round.
      const who = await actingFor(visitor);
      if (who === undefined) return { done: false, why: 'not-verified' };
      const { media } = await register.mediaOf(who);
      if (media.length === 0) return { done: false, why: 'no-media' };
      const at = now();
      await people.register(who, media, { at, textVersion, basis: who.byProxy ? 'proxy' : 'consent' });
      changed('registered', who);
      return { done: true, liveBy: at + liveWithinMs };
    },
    async withdraw(visitor) {
      const who = await actingFor(visitor, 'manage');
      if (who === undefined) return { done: false, why: 'not-verified' };
      if (!(await people.withdraw(who, now()))) return { done: false, why: 'not-registered' };
      changed('withdrawn', who);
      return { done: true };
    },
    leave: visitor => codes.forget(addressed(visitor)),
  };
}

function judge(pending: PendingCode | undefined, code: string, now: number): Verification {
  if (pending === undefined || now >= pending.sentAt + codeLifetimeMs)
    return { verified: false, why: 'no-code' };
  if (pending.matches(code)) return { verified: true };
  return { verified: false, why: 'wrong', triesLeft: Math.max(0, maxWrongTries - 1 - pending.wrongTries) };
}

async function ownStateOf(who: CodeRequest, { people }: Store, register: Register): Promise<OwnState> {
  const [owned, registered] = await Promise.all([register.mediaOf(who), people.find(who)]);
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

function addressed({ session, address }: Visitor): Visitor {
  return { session, address: networkOf(address) };
}
