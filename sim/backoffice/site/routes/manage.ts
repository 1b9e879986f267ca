/** One's own state, the withdrawal, and the end of the session. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { goTo, sendPage } from '../answers.ts';
import { StatePage, WithdrawnPage, WithdrawPage } from '../pages/state.tsx';
import { type ProblemName, visitorOf } from '../session.ts';
import type { Routes } from './details.ts';
import { verifiedState, verifyAgain } from './media.ts';

export function addManage(
  site: FastifyInstance,
  { registration, preHandler }: Routes,
  cookieName: string,
): void {
  site.get('/state', async (request, reply) => {
    const found = await verifiedState(registration, request);
    if (found === undefined) return verifyAgain(request, reply);
    const token = reply.generateCsrf();
    const isOwn = found.verified.purpose === 'manage';
    return sendPage(reply, StatePage({ lang: request.lang, token, state: found.state, isOwn }));
  });

  site.get('/withdraw', async (request, reply) => {
    const found = await verifiedState(registration, request);
    if (found === undefined) return verifyAgain(request, reply);
    if (found.state.consent === undefined) return goTo(reply, '/state');
    if (found.verified.purpose !== 'manage') return wantOwnCode(request, reply);
    return sendPage(reply, WithdrawPage({ lang: request.lang, token: reply.generateCsrf() }));
  });

  site.post('/withdraw', { preHandler }, async (request, reply) => {
    const { session } = request;
    // The button was pressed twice, and the first press withdrew.
    if (session.withdrawn) return goTo(reply, '/withdrawn');
    if (session.verified === undefined) return verifyAgain(request, reply);
    if (session.verified.purpose !== 'manage') return wantOwnCode(request, reply);
    const answer = await registration.withdraw(visitorOf(request));
    if (!answer.done)
      return answer.why === 'not-registered' ? goTo(reply, '/state') : verifyAgain(request, reply);
    session.withdrawn = true;
    session.consented = undefined;
    return goTo(reply, '/withdrawn');
  });

  site.get('/withdrawn', async ({ lang, session }, reply) => {
    if (!session.withdrawn) return goTo(reply, '/');
    return sendPage(reply, WithdrawnPage({ lang, token: reply.generateCsrf() }));
  });

  // The language switch on the page that refuses this form leads here.
  site.get('/leave', async (_request, reply) => goTo(reply, '/'));
  site.post('/leave', { preHandler }, async (request, reply) => {
    if (request.session.visitor !== undefined) await registration.leave(visitorOf(request));
    await request.session.destroy();
    reply.clearCookie(cookieName, { path: '/' });
    return goTo(reply, '/');
  });
}

/** A code that was given to somebody for the registration must neither withdraw it nor show where its owner went. */
export function wantOwnCode(
  { session }: FastifyRequest,
  reply: FastifyReply,
  says: ProblemName = 'own-code-wanted',
): FastifyReply {
  session.problems = [{ field: 'phone', says }];
  return goTo(reply, '/manage#problems');
}
