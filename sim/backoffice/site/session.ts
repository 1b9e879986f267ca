/** What the site remembers of a browser between two pages, in memory only and for a short time. */
import { randomBytes } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { CodeRequest, MadeUp, Purpose, Visitor } from '../registration/registration.ts';
import { clientAddress } from './client-address.ts';
import type { Moved } from './moving-on.ts';

export type FormName = 'register' | 'proxy' | 'manage';

/** A problem with a field's content; `count` is the seconds to wait or the tries left. */
export interface Problem {
  readonly field: 'name' | 'phone' | 'code' | 'agree' | 'authorised' | 'stop';
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
  | 'own-code-for-rides'
  | 'stop-wanted'
  | 'ride-gone'
  | 'agree-wanted'
  | 'authorised-wanted'
  | 'notice-changed';

/** A form that was refused, to be shown again as it was filled in. */
export interface Entered {
  readonly form: FormName;
  readonly name: string;
  readonly phone: string;
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
    /** `before`: the phone has the code already. */
    pending?: (CodeRequest & { readonly resendAt: number; readonly before: boolean }) | undefined;
    verified?: Verified | undefined;
    moved?: Moved | undefined;
    consented?: { readonly liveWithinMs: number; readonly byProxy: boolean } | undefined;
    withdrawn?: boolean | undefined;
    madeUp?: Extract<MadeUp, { done: true }> | undefined;
  }
}

export const sessionMs = 20 * 60_000;

export function newVisitor(): string {
  return randomBytes(16).toString('hex');
}

export function visitorOf(request: FastifyRequest): Visitor {
  request.session.visitor ??= newVisitor();
  return { session: request.session.visitor, address: clientAddress(request) };
}

/** The problems to show once, on the page that comes next. */
export function takeProblems({ session }: FastifyRequest): readonly Problem[] {
  const problems = session.problems ?? [];
  session.problems = undefined;
  return problems;
}
