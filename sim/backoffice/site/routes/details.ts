/** Step 1 in its three forms: the visitor sends name and phone, and a code goes out. */
import type { FastifyInstance, FastifyRequest, preHandlerHookHandler } from 'fastify';
import { z } from 'zod';
import { networkOf } from '../../registration/addresses.ts';
import { comparableName, regularPhone } from '../../registration/identity.ts';
import type { CodeRequest, Registration } from '../../registration/registration.ts';
import { goTo, sendPage } from '../answers.ts';
import { problemsOf, readForm, shownAgain } from '../fields.ts';
import { movedBefore, moveOn } from '../moving-on.ts';
import { DetailsPage } from '../pages/details.tsx';
import { type FormName, type Problem, takeProblems, type Verified, visitorOf } from '../session.ts';

/** What the routes of each step are given. */
export interface Routes {
  readonly registration: Registration;
  /** For each form: refuses what no page of ours sent. */
  readonly preHandler: preHandlerHookHandler;
  /** Before a code is asked for. */
  readonly waitForTurn: (network: string) => Promise<void>;
}

const forms: Record<FormName, Pick<CodeRequest, 'purpose' | 'byProxy'>> = {
  register: { purpose: 'register', byProxy: false },
  proxy: { purpose: 'register', byProxy: true },
  manage: { purpose: 'manage', byProxy: false },
};

const detailsForm = z.object({ name: z.string(), phone: z.string() });

export function addDetails(site: FastifyInstance, routes: Routes): void {
  for (const form of ['register', 'proxy', 'manage'] as const) {
    const path = `/${form}`;
    site.get(path, async (request, reply) => {
      const { session, lang } = request;
      const entered = session.entered?.form === form ? session.entered : undefined;
      const problems = takeProblems(request);
      return sendPage(reply, DetailsPage({ lang, form, entered, token: reply.generateCsrf(), problems }));
    });
    site.post(path, { preHandler: routes.preHandler }, async (request, reply) => {
      const { name, phone } = readForm(detailsForm, request.body);
      const sent = [form, name, phone];
      const before = await movedBefore(request, sent);
      if (before !== undefined) return goTo(reply, before);
      const wanted = { ...forms[form], name: comparableName(name), phone: regularPhone(phone) };
      const wrong = problemsOf(wanted.name, wanted.phone);
      const problems = wrong.length > 0 ? wrong : await askForCode(routes, request, wanted);
      const entered = { form, name: shownAgain(name), phone: shownAgain(phone) };
      const { _csrf, visitor, pending, verified } = request.session;
      const next = problems.length === 0 ? '/code' : `${path}#problems`;
      // The token is kept: who goes back in the browser may correct the form and send it again.
      return goTo(
        reply,
        await moveOn(request, sent, next, { _csrf, visitor, pending, verified, entered, problems }),
      );
    });
  }
}

/**
 * Sends a code and remembers for whom.
 * @returns why it was not sent; nothing for a form that was sent twice
 */
export async function askForCode(
  { registration, waitForTurn }: Routes,
  request: FastifyRequest,
  wanted: CodeRequest,
): Promise<Problem[]> {
  const { session } = request;
  const visitor = visitorOf(request);
  await waitForTurn(networkOf(visitor.address));
  const answer = await registration.requestCode(visitor, wanted);
  if (answer.sent) {
    const { resendAfterS, before } = answer;
    session.pending = { ...wanted, resendAt: Date.now() + resendAfterS * 1000, before };
    return [];
  }
  const { pending } = session;
  const isSame = pending !== undefined && pending.phone === wanted.phone && pending.name === wanted.name;
  if (answer.why === 'too-soon' && isSame && isSameWay(pending, wanted)) return [];
  return [{ field: 'phone', says: answer.why, count: answer.waitS }];
}

function isSameWay(one: CodeRequest, other: CodeRequest): boolean {
  return one.purpose === other.purpose && one.byProxy === other.byProxy;
}

/** The page on which a visit for this purpose begins. */
export function startOf({ purpose, byProxy }: Verified): `/${FormName}` {
  if (purpose === 'manage') return '/manage';
  return byProxy ? '/proxy' : '/register';
}
