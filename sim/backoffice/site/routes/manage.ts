/** What is linked, the withdrawal, and the way out. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { StatePage, WithdrawnPage, WithdrawPage } from '../pages/state.tsx';
import { goTo, sendPage } from '../send-page.ts';
import { visitorOf } from '../session.ts';
import { verifiedState, verifyAgain } from './media.ts';
import type { Routes } from './routes.ts';

export function addManage(
  site: FastifyInstance,
  { registration, preHandler }: Routes,
  cookieName: string,
): void {
  site.get('/state', async (request, reply) => {
    const found = await verifiedState(registration, request);
    if (found === undefined) return verifyAgain(request, reply);
    const token = reply.generateCsrf();
    return sendPage(reply, StatePage({ lang: request.lang, token, state: found.state }));
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
    // Pressed twice: the first time did it.
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

  // A language switch on a page that refused the form leads here.
  site.get('/leave', async (_request, reply) => goTo(reply, '/'));
  site.post('/leave', { preHandler }, async (request, reply) => {
    if (request.session.visitor !== undefined) await registration.leave(visitorOf(request));
    await request.session.destroy();
    reply.clearCookie(cookieName, { path: '/' });
    return goTo(reply, '/');
  });
}

/** A code that was told to somebody for the registration undoes nothing. */
function wantOwnCode({ session }: FastifyRequest, reply: FastifyReply): FastifyReply {
  session.problems = [{ field: 'phone', says: 'own-code-wanted' }];
  return goTo(reply, '/manage#problems');
}
