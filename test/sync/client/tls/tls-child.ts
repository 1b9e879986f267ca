/**
 * A process that trusts what NODE_EXTRA_CA_CERTS names, which Node reads only at its start. Its argument is JSON: addresses to
 * fetch in turn, each with how far the believed time, and others that are told, are ahead of the system's clock. It prints what came of each as JSON.
 */
import { DeviceError } from '../../../../device/kit/errors.ts';
import { createHttp } from '../../../../sync/client/http.ts';

export interface Fetch {
  readonly url: string;
  readonly aheadMs: number | readonly [number, ...number[]];
  /** By one client; once unless given. */
  readonly times?: number;
}

/** What was fetched, or the kind of the fault and its message. */
export type Fetched = readonly [kind: string, text: string];

const fetches: readonly Fetch[] = JSON.parse(process.argv[2] ?? '[]');
const results: Fetched[] = [];
for (const { url, aheadMs, times = 1 } of fetches) {
  const [first, ...others] = typeof aheadMs === 'number' ? [aheadMs] : aheadMs;
  const now = Date.now();
  const http = createHttp(
    { timeoutMs: 60_000 },
    { times: () => [now + first, ...others.map(ms => now + ms)] },
  );
  for (let time = 0; time < times; time++) {
    try {
      const fetched = await http.get(url, 1000);
      results.push(['fetched', fetched === 'unchanged' ? fetched : fetched.bytes.toString()]);
    } catch (error) {
      results.push(error instanceof DeviceError ? [error.kind, error.message] : ['mistake', String(error)]);
    }
  }
  await http.close();
}
process.stdout.write(JSON.stringify(results));
