/** Step 2: the code comes in, and the browser goes on under another session. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { maskedPhone } from '../../registration/identity.ts';
import type { Registration } from '../../registration/registration.ts';
import { readForm, regularCode } from '../fields.ts';
import { CodePage } from '../pages/code.tsx';
import { goTo, sendPage } from '../send-page.ts';
import {
  type Accepted,
  digestOf,
  isDigestOf,
  newVisitor,
  type Problem,
  takeProblems,
  type Verified,
  visitorOf,
} from '../session.ts';
import { askForCode } from './details.ts';
import { type Routes, startOf } from './routes.ts';

const codeForm = z.union([z.object({ again: z.literal('yes') }), z.object({ code: z.string() })]);

/** For so long the same code, sent once more, leads on as it did the first time. */
const acceptedMs = 60_000;

export function addCode(site: FastifyInstance, { registration, preHandler }: Routes): void {
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
    });
    return sendPage(reply, page);
  });

  site.post('/code', { preHandler }, async (request, reply) => {
    const form = readForm(codeForm, request.body);
    const { session } = request;
    const { pending, accepted } = session;
    if (accepted !== undefined && 'code' in form) {
      // One wrong guess, and there is nothing left to guess at.
      session.accepted = undefined;
      if (!isOnceMore(accepted, form.code)) return goTo(reply, '/');
      await moveOnLeavingNote(request, accepted);
      return goTo(reply, nextOf(accepted.verified));
    }
    if (pending === undefined) return goTo(reply, session.verified ? nextOf(session.verified) : '/');
    if ('again' in form) {
      const problems = await askForCode(registration, request, pending);
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

/** @returns what is wrong; nothing where the browser is verified now */
async function tryCode(
  registration: Registration,
  request: FastifyRequest,
  text: string,
  verified: Verified,
): Promise<Problem | undefined> {
  const code = regularCode(text);
  if (code === undefined) return { field: 'code', says: 'code-form' };
  const before = visitorOf(request);
  const answer = await registration.verify(before, code);
  if (!answer.verified) {
    return answer.why === 'wrong' && answer.triesLeft > 0
      ? { field: 'code', says: 'code-wrong', count: answer.triesLeft }
      : { field: 'code', says: 'code-gone' };
  }
  const visitor = newVisitor();
  await registration.renew(before, visitor);
  await moveOnLeavingNote(request, {
    codeDigest: digestOf(code),
    until: Date.now() + acceptedMs,
    visitor,
    verified,
  });
  return undefined;
}

/**
 * The old session keeps nothing but the code that was right, so that a button pressed twice leads on twice; whoever
 * planted or knew that session does not know the code.
 */
async function moveOnLeavingNote(request: FastifyRequest, accepted: Accepted): Promise<void> {
  const { sessionId, cookie, _csrf } = request.session;
  await moveOn(request, accepted);
  await new Promise<void>((resolve, reject) => {
    const done = (error?: unknown) => (error === undefined ? resolve() : reject(error));
    request.sessionStore.set(sessionId, { cookie, _csrf, accepted }, done);
  });
}

function isOnceMore({ until, codeDigest }: Accepted, text: string): boolean {
  const code = regularCode(text);
  return until > Date.now() && code !== undefined && isDigestOf(codeDigest, code);
}

async function moveOn(request: FastifyRequest, { visitor, verified }: Accepted): Promise<void> {
  await request.session.regenerate();
  request.session.visitor = visitor;
  request.session.verified = verified;
}
