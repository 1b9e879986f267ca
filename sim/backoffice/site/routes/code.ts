/** Step 2: the browser sends the code, and goes on under another session. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { maskedPhone } from '../../registration/identity.ts';
import type { Registration } from '../../registration/registration.ts';
import { goTo, sendPage } from '../answers.ts';
import { readForm, regularCode } from '../fields.ts';
import { movedBefore, moveOn } from '../moving-on.ts';
import { CodePage } from '../pages/code.tsx';
import { newVisitor, type Problem, takeProblems, type Verified, visitorOf } from '../session.ts';
import { askForCode, type Routes, startOf } from './details.ts';

const codeForm = z.union([z.object({ again: z.literal('yes') }), z.object({ code: z.string() })]);

export function addCode(site: FastifyInstance, routes: Routes): void {
  const { registration, preHandler } = routes;
  site.get('/code', async (request, reply) => {
    const { lang, session } = request;
    const { pending } = session;
    if (pending === undefined) return goTo(reply, session.verified ? nextOf(session.verified) : '/');
    const page = CodePage({
      lang,
      token: reply.generateCsrf(),
      problems: takeProblems(request),
      isRegistering: pending.purpose === 'register',
      byProxy: pending.byProxy,
      maskedPhone: maskedPhone(pending.phone),
      resendAfterS: Math.max(0, Math.ceil((pending.resendAt - Date.now()) / 1000)),
      backTo: startOf(pending),
      isSentBefore: pending.before,
    });
    return sendPage(reply, page);
  });

  site.post('/code', { preHandler }, async (request, reply) => {
    const form = readForm(codeForm, request.body);
    const { session } = request;
    const { pending } = session;
    const before = 'code' in form ? await movedBefore(request, sentIn(form.code)) : undefined;
    if (before !== undefined) return goTo(reply, before);
    if (pending === undefined) return goTo(reply, session.verified ? nextOf(session.verified) : '/');
    if ('again' in form) {
      const problems = await askForCode(routes, request, pending);
      session.problems = problems.map(problem => ({ ...problem, field: 'code' }));
    } else {
      const { purpose, byProxy } = pending;
      const problem = await tryCode(registration, request, form.code, { purpose, byProxy });
      if (problem === undefined) return goTo(reply, nextOf(pending));
      session.problems = [problem];
    }
    return goTo(reply, session.problems.length === 0 ? '/code' : '/code#problems');
  });
}

/** Where the right code leads. */
function nextOf({ purpose }: Verified): string {
  return purpose === 'manage' ? '/state' : '/media';
}

/** @returns what is wrong; undefined where the browser is verified now */
async function tryCode(
  registration: Registration,
  request: FastifyRequest,
  text: string,
  verified: Verified,
): Promise<Problem | undefined> {
  const code = regularCode(text);
  if (code === undefined) return { field: 'code', says: 'code-form' };
  const visitor = newVisitor();
  const answer = await registration.verify(visitorOf(request), code, visitor);
  if (!answer.verified) {
    return answer.why === 'wrong' && answer.triesLeft > 0
      ? { field: 'code', says: 'code-wrong', count: answer.triesLeft }
      : { field: 'code', says: 'code-gone' };
  }
  await moveOn(request, sentIn(text), nextOf(verified), { visitor, verified });
  return undefined;
}

/** However the code was written. */
function sentIn(text: string): readonly string[] {
  return ['code', regularCode(text) ?? ''];
}
