/** What the site remembers of a browser between two of its pages: in memory only, and not for long. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { CodeRequest, Purpose, Visitor } from '../registration/registration.ts';

export type FormName = 'register' | 'proxy' | 'manage';

/** What is wrong with what was entered, and where; `count` is seconds to wait or tries left. */
export interface Problem {
  readonly field: 'name' | 'phone' | 'code' | 'agree' | 'authorised';
  readonly says: ProblemName;
  readonly count?: number;
}

export type ProblemName =
  | 'name-wrong'
  | 'phone-wrong'
  | 'too-soon'
  | 'too-many'
  | 'code-form'
  | 'code-wrong'
  | 'code-gone'
  | 'verify-again'
  | 'own-code-wanted'
  | 'agree-wanted'
  | 'authorised-wanted'
  | 'notice-changed';

/** A form that could not be taken, to be shown again as it was filled in. */
export interface Entered {
  readonly form: FormName;
  readonly name: string;
  readonly phone: string;
}

/** The right code came in, and the browser has moved on to another session. */
export interface Accepted {
  readonly codeDigest: string;
  readonly until: number;
  readonly visitor: string;
  readonly verified: Verified;
}

export interface Verified {
  readonly purpose: Purpose;
  readonly byProxy: boolean;
}

declare module 'fastify' {
  interface Session {
    _csrf?: string | undefined;
    visitor?: string | undefined;
    entered?: Entered | undefined;
    problems?: readonly Problem[] | undefined;
    pending?: (CodeRequest & { readonly resendAt: number }) | undefined;
    verified?: Verified | undefined;
    accepted?: Accepted | undefined;
    consented?: { readonly liveBy: number; readonly byProxy: boolean } | undefined;
    withdrawn?: boolean | undefined;
  }
}

export const sessionMs = 20 * 60_000;

export function newVisitor(): string {
  return randomBytes(16).toString('hex');
}

export function visitorOf({ session, ip }: FastifyRequest): Visitor {
  session.visitor ??= newVisitor();
  return { session: session.visitor, address: ip };
}

/** The problems to show once, on the page that comes next. */
export function takeProblems({ session }: FastifyRequest): readonly Problem[] {
  const problems = session.problems ?? [];
  session.problems = undefined;
  return problems;
}

const digestKey = randomBytes(32);

export function digestOf(code: string): string {
  return createHmac('sha256', digestKey).update(code).digest('hex');
}

export function isDigestOf(digest: string, code: string): boolean {
  return timingSafeEqual(Buffer.from(digest, 'hex'), Buffer.from(digestOf(code), 'hex'));
}
