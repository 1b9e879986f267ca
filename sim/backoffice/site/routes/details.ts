/** Step 1, in its three forms: name and phone come in, a code goes out. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { comparableName, regularPhone } from '../../registration/identity.ts';
import type { CodeRequest, Registration } from '../../registration/registration.ts';
import { problemsOf, readForm, shownAgain } from '../fields.ts';
import { DetailsPage } from '../pages/details.tsx';
import { goTo, sendPage } from '../send-page.ts';
import { type FormName, type Problem, takeProblems, visitorOf } from '../session.ts';
import type { Routes } from './routes.ts';

const forms: Record<FormName, Pick<CodeRequest, 'purpose' | 'byProxy'>> = {
  register: { purpose: 'register', byProxy: false },
  proxy: { purpose: 'register', byProxy: true },
  manage: { purpose: 'manage', byProxy: false },
};

const detailsForm = z.object({ name: z.string(), phone: z.string() });

export function addDetails(site: FastifyInstance, { registration, preHandler }: Routes): void {
  for (const form of ['register', 'proxy', 'manage'] as const) {
    const path = `/${form}`;
    site.get(path, async (request, reply) => {
      const { session, lang } = request;
      const entered = session.entered?.form === form ? session.entered : undefined;
      const problems = takeProblems(request);
      return sendPage(reply, DetailsPage({ lang, form, entered, token: reply.generateCsrf(), problems }));
    });
    site.post(path, { preHandler }, async (request, reply) => {
      const { name, phone } = readForm(detailsForm, request.body);
      request.session.entered = { form, name: shownAgain(name), phone: shownAgain(phone) };
      const wanted = { ...forms[form], name: comparableName(name), phone: regularPhone(phone) };
      const wrong = problemsOf(wanted.name, wanted.phone);
      const problems = wrong.length > 0 ? wrong : await askForCode(registration, request, wanted);
      request.session.problems = problems;
      return goTo(reply, problems.length === 0 ? '/code' : `${path}#problems`);
    });
  }
}

/**
 * Sends a code and remembers for whom.
 * @returns what keeps it from being sent; a form that is sent twice is none
 */
export async function askForCode(
  registration: Registration,
  request: FastifyRequest,
  wanted: CodeRequest,
): Promise<Problem[]> {
  const { session } = request;
  const answer = await registration.requestCode(visitorOf(request), wanted);
  if (answer.sent) {
    session.pending = { ...wanted, resendAt: Date.now() + answer.resendAfterS * 1000 };
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
