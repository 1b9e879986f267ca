/**
 * Dials a TCP address as RFC 8305 says: all addresses of a name, one shortly after the other, and the first that answers.
 *
 * Node gives each address 250 ms and then gives it up for good, so that over a slow link a name with two addresses is never
 * reached. Here an attempt goes on until another has succeeded, or the time is over.
 */
import { lookup as dnsLookup, type LookupAddress } from 'node:dns';
import { connect, isIP, type Socket } from 'node:net';
import { DeviceError, messageOf } from './errors.ts';

export interface Dialling {
  /** Who dials, for the error. */
  readonly device: string;
  readonly host: string;
  readonly port: number;
  /** For the whole: looking the name up, and all attempts. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** The system's resolver unless given. */
  readonly lookup?: Lookup;
}

/** @throws Error when the name is not known */
export type Lookup = (host: string) => Promise<readonly LookupAddress[]>;

/** RFC 8305, 5: between the starts of two attempts. */
const staggerMs = 250;

/** @throws DeviceError disconnected or timeout, which names every address that was tried and what became of it */
export function dial({
  device,
  host,
  port,
  timeoutMs,
  signal,
  lookup = allAddressesOf,
}: Dialling): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const open = new Map<Socket, string>();
    const failures: string[] = [];
    let left: string[] | undefined;
    let isOver = false;
    let stagger: NodeJS.Timeout | undefined;

    function end(winner?: Socket): void {
      isOver = true;
      clearTimeout(stagger);
      clearTimeout(limit);
      signal?.removeEventListener('abort', giveUp);
      for (const socket of open.keys()) if (socket !== winner) socket.destroy();
    }

    function fail(kind: 'disconnected' | 'timeout', ...why: readonly string[]): void {
      end();
      reject(new DeviceError(kind, device, why.join(', ')));
    }

    function giveUp(): void {
      fail('disconnected', 'given up');
    }

    function late(): void {
      const silent = [...open.values()].map(address => `no answer from ${address} in ${timeoutMs} ms`);
      fail(
        'timeout',
        ...failures,
        ...(left === undefined ? [`${host} not looked up in ${timeoutMs} ms`] : silent),
      );
    }

    function tryNext(): void {
      clearTimeout(stagger);
      const address = left?.shift();
      if (address === undefined) {
        if (open.size === 0)
          fail('disconnected', ...(failures.length > 0 ? failures : [`${host} has no address`]));
        return;
      }
      const socket = connect({ host: address, port });
      open.set(socket, addressText(address, port));
      socket.once('connect', () => {
        end(socket);
        socket.removeAllListeners('error');
        resolve(socket);
      });
      socket.on('error', error => {
        // Those that lost have been destroyed, and are nobody's any more.
        if (isOver) return;
        open.delete(socket);
        failures.push(messageOf(error));
        tryNext();
      });
      stagger = setTimeout(tryNext, staggerMs);
    }

    const limit = setTimeout(late, timeoutMs);
    signal?.addEventListener('abort', giveUp);
    if (signal?.aborted) return giveUp();
    addressesOf(host, lookup).then(
      found => {
        left = found;
        if (!isOver) tryNext();
      },
      error => {
        if (!isOver) fail('disconnected', messageOf(error));
      },
    );
  });
}

export function addressText(address: string, port: number): string {
  return isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;
}

/** The families in turn: if one of the two does not work on this network, the next attempt is of the other. */
async function addressesOf(host: string, lookup: Lookup): Promise<string[]> {
  if (isIP(host) !== 0) return [host];
  const found = await lookup(host);
  const first = found.filter(({ family }) => family === found[0]?.family);
  const others = found.filter(({ family }) => family !== found[0]?.family);
  const turns = Array.from({ length: Math.max(first.length, others.length) }, (_, i) => [
    first[i],
    others[i],
  ]);
  return turns.flat().flatMap(entry => (entry === undefined ? [] : [entry.address]));
}

function allAddressesOf(host: string): Promise<readonly LookupAddress[]> {
  return new Promise((resolve, reject) =>
    dnsLookup(host, { all: true }, (error, addresses) =>
      error === null ? resolve(addresses) : reject(error),
    ),
  );
}
