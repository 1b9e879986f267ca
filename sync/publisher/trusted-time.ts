/** Asks servers that are trusted for the time: by https, the Date of their answers. */
import { isoTime } from '../../device/core/iso-time.ts';
import { floorToleranceMs } from '../../device/core/time-belief.ts';
import { messageOf, WrongUsage } from '../../device/kit/errors.ts';
import { createConnector } from '../client/connector.ts';
import { FeedError } from '../feed/feed-error.ts';

const timeoutMs = 5000;

/** @throws WrongUsage for an address that nobody vouches for */
export function checkTimeSources(addresses: readonly string[]): void {
  addresses.forEach(checkTimeSource);
}

function checkTimeSource(address: string): void {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const isLocal = url?.protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  if (url?.protocol !== 'https:' && !isLocal) throw new WrongUsage(`${address}: not an https address`);
}

/**
 * What more than half of them say, to a minute: one that is away or wrong among three does not matter.
 * @returns Unix milliseconds
 * @throws FeedError where too few answer, or they contradict each other
 */
export async function askTime(addresses: readonly string[]): Promise<number> {
  // Most are never asked for the time, and undici takes longer to load than all that publishes.
  const http = await import('undici');
  const answers = await Promise.all(addresses.map(address => askOne(http, address)));
  const times = answers.filter(answer => typeof answer === 'number').sort((a, b) => a - b);
  const median = times[Math.floor(times.length / 2)];
  const agree = times.filter(time => Math.abs(time - (median ?? time)) <= floorToleranceMs);
  if (median !== undefined && 2 * agree.length > addresses.length) return median;
  const said = answers.map((answer, i) => `${addresses[i]}: ${describe(answer)}`).join('; ');
  throw new FeedError(`not signed: no time that the sources of time agree on: ${said}`);
}

/** @returns Unix milliseconds, or why there is none */
async function askOne(
  { Agent, request }: typeof import('undici'),
  address: string,
): Promise<number | string> {
  const dispatcher = new Agent({ connect: createConnector({ device: 'clock', timeoutMs }) });
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const { headers, body } = await request(address, { method: 'HEAD', signal, dispatcher });
    await body.dump();
    const time = Date.parse(String(headers.date));
    return Number.isNaN(time) ? 'its answer has no date' : time;
  } catch (error) {
    return messageOf(error);
  } finally {
    await dispatcher.destroy();
  }
}

function describe(answer: number | string): string {
  return typeof answer === 'number' ? isoTime(answer) : answer;
}
