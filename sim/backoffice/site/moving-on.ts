/**
 * A browser gets another session with each form in which it tells something of itself, and the old one keeps nothing that
 * could be read. Whoever planted the old session, or saw it on a plain line, learns nothing and can do nothing with it.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest, Session } from 'fastify';

/** What the new session begins with. */
type Begun = Partial<Pick<Session, '_csrf' | 'visitor' | 'entered' | 'problems' | 'pending' | 'verified'>>;

/** What the old session keeps, so that a button pressed twice leads on twice: it opens only with what was sent. */
export interface Moved {
  readonly sentDigest: string;
  readonly until: number;
  readonly path: string;
  readonly begun: Begun;
}

/** For so long, the same form sent again leads on as it did the first time. */
const pressedAgainMs = 60_000;

/** @param sent what the form held. @returns `path`, the page that comes next */
export async function moveOn(
  request: FastifyRequest,
  sent: readonly string[],
  path: string,
  begun: Begun,
): Promise<string> {
  return moveOnBy(request, { sentDigest: digestOf(sent), until: Date.now() + pressedAgainMs, path, begun });
}

/**
 * Where this browser has moved on already. One wrong guess ends it, so there is nothing to guess at.
 * @returns the page that comes next; undefined where the form is sent for the first time
 */
export async function movedBefore(
  request: FastifyRequest,
  sent: readonly string[],
): Promise<string | undefined> {
  const { moved } = request.session;
  if (moved === undefined) return undefined;
  request.session.moved = undefined;
  return moved.until > Date.now() && isDigestOf(moved.sentDigest, sent) ? moveOnBy(request, moved) : '/';
}

async function moveOnBy(request: FastifyRequest, moved: Moved): Promise<string> {
  const { sessionId, cookie, _csrf } = request.session;
  await request.session.regenerate();
  Object.assign(request.session, moved.begun);
  await new Promise<void>((resolve, reject) => {
    const done = (error?: unknown) => (error === undefined ? resolve() : reject(error));
    request.sessionStore.set(sessionId, { cookie, _csrf, moved }, done);
  });
  return moved.path;
}

const digestKey = randomBytes(32);

function digestOf(sent: readonly string[]): string {
  return createHmac('sha256', digestKey).update(JSON.stringify(sent)).digest('hex');
}

function isDigestOf(digest: string, sent: readonly string[]): boolean {
  return timingSafeEqual(Buffer.from(digest, 'hex'), Buffer.from(digestOf(sent), 'hex'));
}
