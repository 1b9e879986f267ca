/** Making up a missed tap-off: the rides without one, and where the passenger says they got off. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { stopId } from '../../../../device/settings/values.ts';
import { goTo, sendPage } from '../answers.ts';
import { readForm } from '../fields.ts';
import { RidesPage } from '../pages/rides.tsx';
import { takeProblems, visitorOf } from '../session.ts';
import type { Routes } from './details.ts';
import { wantOwnCode } from './manage.ts';
import { verifyAgain } from './media.ts';

const form = z.object({
  ride: z
    .string()
    .regex(/^\d{1,16}$/)
    .transform(Number),
  /** Empty until one is chosen. */
  stop: z.union([z.literal(''), stopId]),
});

export function addRides(site: FastifyInstance, { registration, preHandler }: Routes): void {
  site.get('/rides', async (request, reply) => {
    const { session, lang } = request;
    if (session.verified !== undefined && session.verified.purpose !== 'manage')
      return wantOwnCode(request, reply, 'own-code-for-rides');
    const missed = session.verified && (await registration.missedTapOffs(visitorOf(request)));
    if (missed === undefined) return verifyAgain(request, reply);
    const { madeUp } = session;
    session.madeUp = undefined;
    const shown = { missed, madeUp, token: reply.generateCsrf(), problems: takeProblems(request) };
    return sendPage(reply, RidesPage({ lang, ...shown }));
  });

  site.post('/rides', { preHandler }, async (request, reply) => {
    const { ride, stop } = readForm(form, request.body);
    const { session } = request;
    if (session.verified !== undefined && session.verified.purpose !== 'manage')
      return wantOwnCode(request, reply, 'own-code-for-rides');
    // The button was pressed twice, and the first press made it up.
    if (session.madeUp !== undefined) return goTo(reply, '/rides');
    const answer = session.verified && (await registration.makeUp(visitorOf(request), ride, stop));
    if (answer === undefined) return verifyAgain(request, reply);
    if (answer.done) {
      session.madeUp = answer;
      return goTo(reply, '/rides');
    }
    session.problems = [{ field: 'stop', says: answer.why === 'no-stop' ? 'stop-wanted' : 'ride-gone' }];
    return goTo(reply, '/rides#problems');
  });
}
