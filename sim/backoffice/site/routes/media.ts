/** Step 3: the media that were found, the consent, and the page that says it is done. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { OwnState, Registration } from '../../registration/registration.ts';
import { goTo, sendPage } from '../answers.ts';
import { readForm } from '../fields.ts';
import { DonePage } from '../pages/done.tsx';
import { MediaPage, NoMediaPage } from '../pages/media.tsx';
import { noticeVersion } from '../pages/notice-text.ts';
import { type Problem, takeProblems, type Verified, visitorOf } from '../session.ts';
import { type Routes, startOf } from './details.ts';

const consentForm = z.object({
  version: z.string(),
  agree: z.literal('yes').optional(),
  authorised: z.literal('yes').optional(),
});

export function addMedia(site: FastifyInstance, { registration, preHandler }: Routes): void {
  site.get('/media', async (request, reply) => {
    const { lang, session } = request;
    const found = await verifiedState(registration, request);
    if (found === undefined) return verifyAgain(request, reply);
    const { state, verified } = found;
    const token = reply.generateCsrf();
    if (state.media.length === 0) {
      return sendPage(reply, NoMediaPage({ lang, token, state, backTo: startOf(verified) }));
    }
    if (session.consented === undefined && state.consent !== undefined && state.media.every(m => m.linked)) {
      return goTo(reply, '/state');
    }
    const { byProxy } = verified;
    return sendPage(reply, MediaPage({ lang, token, problems: takeProblems(request), state, byProxy }));
  });

  site.post('/media', { preHandler }, async (request, reply) => {
    const form = readForm(consentForm, request.body);
    const { session } = request;
    const { verified } = session;
    if (verified === undefined) return verifyAgain(request, reply);
    const problems = missing(form, verified);
    if (problems.length > 0) {
      session.problems = problems;
      return goTo(reply, '/media#problems');
    }
    const answer = await registration.consent(visitorOf(request), form.version);
    if (!answer.done) return answer.why === 'no-media' ? goTo(reply, '/media') : verifyAgain(request, reply);
    session.consented = { liveWithinMs: answer.liveWithinMs, byProxy: verified.byProxy };
    session.withdrawn = undefined;
    return goTo(reply, '/done');
  });

  site.get('/done', async ({ lang, session }, reply) => {
    const { consented } = session;
    if (consented === undefined) return goTo(reply, '/');
    return sendPage(reply, DonePage({ lang, token: reply.generateCsrf(), ...consented }));
  });
}

function missing(form: z.infer<typeof consentForm>, { byProxy }: Verified): Problem[] {
  if (form.version !== noticeVersion) return [{ field: 'agree', says: 'notice-changed' }];
  const problems: Problem[] = [];
  if (byProxy && form.authorised === undefined)
    problems.push({ field: 'authorised', says: 'authorised-wanted' });
  if (form.agree === undefined) problems.push({ field: 'agree', says: 'agree-wanted' });
  return problems;
}

/** @returns undefined for a browser that has verified no code, or too long ago */
export async function verifiedState(
  registration: Registration,
  request: FastifyRequest,
): Promise<{ readonly state: OwnState; readonly verified: Verified } | undefined> {
  const { verified } = request.session;
  const state = verified && (await registration.ownState(visitorOf(request)));
  return state && { state, verified };
}

/** Leads back to where the visit began; says why to those who had a code once. */
export function verifyAgain({ session }: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { verified } = session;
  if (verified === undefined) return goTo(reply, '/');
  session.verified = undefined;
  session.problems = [{ field: 'phone', says: 'verify-again' }];
  return goTo(reply, `${startOf(verified)}#problems`);
}
