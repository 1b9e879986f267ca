/** A registration over a small office that knows two people, with its gateway and clock in hand. */
import * as assert from 'uvu/assert';
import { createRegistration } from '../../../../sim/backoffice/registration/create-registration.ts';
import type { CodeRequest, Visitor } from '../../../../sim/backoffice/registration/registration.ts';
import { createSimulatedSmsGateway } from '../../../../sim/backoffice/registration/sms-gateway.ts';
import type { MakeUp } from '../../../../sim/backoffice/settlement/make-up.ts';
import type { TestContext } from '../../../harness.ts';
import { makeSmallOffice, owner } from '../small-office.ts';

export const anna = owner(1);
export const ben = owner(2);
export const minuteMs = 60_000;

/** Nobody has ridden. */
export const noMakeUp: MakeUp = {
  days: () => 7,
  missedBy: () => [],
  makeUp: () => ({ done: false, why: 'no-ride' }),
};

/** A clock that stands until it is moved. */
export async function openRegistration(context: TestContext, { opensAt = 0 } = {}) {
  const office = await makeSmallOffice(context, [anna, ben]);
  let now = Date.UTC(2022, 4, 19);
  const gateway = createSimulatedSmsGateway(() => now);
  const changes: string[] = [];
  const registration = createRegistration(
    {
      store: office.store,
      mediaOwners: office.mediaOwners,
      makeUp: noMakeUp,
      gateway,
      changed: (event, who) => changes.push(`${event} ${who.phone}`),
    },
    { opensAt: () => opensAt, liveWithinMs: 300_000, now: () => now },
  );
  const codeOf = (phone: string) => /验证码(\d{6})/.exec(gateway.inbox(phone)[0]?.text ?? '')?.[1] ?? 'none';
  const ask = (visitor: Visitor, who: { name: string; phone: string }, request: Partial<CodeRequest> = {}) =>
    registration.requestCode(visitor, {
      purpose: 'register',
      byProxy: false,
      name: who.name,
      phone: who.phone,
      ...request,
    });
  return {
    ...office,
    registration,
    gateway,
    changes,
    codeOf,
    ask,
    pass: (ms: number) => {
      now += ms;
    },
    setNow: (at: number) => {
      now = at;
    },
    /** Asks and enters the code. */
    async enter(visitor: Visitor, who: { name: string; phone: string }, request: Partial<CodeRequest> = {}) {
      assert.is((await ask(visitor, who, request)).sent, true);
      assert.equal(await registration.verify(visitor, codeOf(who.phone)), { verified: true });
    },
  };
}

export const visitor = (i: number): Visitor => ({ session: `session-${i}`, address: `10.0.0.${i}` });
