/** The client's HTTP, closed at a test's end, and what becomes of a request. */
import * as assert from 'uvu/assert';
import { DeviceError, type DeviceErrorKind } from '../../../device/kit/errors.ts';
import { createHttp, type Http, type HttpOptions, type HttpParts } from '../../../sync/client/http.ts';
import type { TestContext } from '../../harness.ts';

/** For servers that do not answer. */
export const impatient: Partial<HttpOptions> = { timeoutMs: 1000 };

/** As patient as a busy machine needs, unless told otherwise. */
export function openHttp(
  { after }: TestContext,
  options: Partial<HttpOptions> = {},
  parts?: HttpParts,
): Http {
  const http = createHttp({ timeoutMs: 600_000, ...options }, parts);
  after(() => http.close());
  return http;
}

/** Fails where the request succeeds. */
export async function assertFault(
  request: Promise<unknown>,
  kind: DeviceErrorKind,
  message = /./,
): Promise<DeviceError> {
  const outcome = await request.then(
    () => undefined,
    error => error,
  );
  assert.ok(outcome instanceof DeviceError, String(outcome ?? 'it succeeded'));
  assert.is(`${outcome.device} ${outcome.kind}`, `feed ${kind}`, outcome.message);
  assert.match(outcome.message, message);
  return outcome;
}

/** A server in trouble is as good as none. */
export function kindOf(status: number): DeviceErrorKind {
  return status >= 500 ? 'disconnected' : 'protocol';
}
