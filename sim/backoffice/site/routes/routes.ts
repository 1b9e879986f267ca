/** What the routes of the site are given. */
import type { preHandlerHookHandler } from 'fastify';
import type { Registration } from '../../registration/registration.ts';
import type { FormName, Verified } from '../session.ts';

export interface Routes {
  readonly registration: Registration;
  /** For each form: refuses what no page of ours sent. */
  readonly preHandler: preHandlerHookHandler;
}

/** Where such a visit begins, and begins again. */
export function startOf({ purpose, byProxy }: Verified): `/${FormName}` {
  if (purpose === 'manage') return '/manage';
  return byProxy ? '/proxy' : '/register';
}
