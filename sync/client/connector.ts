/** How undici reaches a feed: all addresses of its name (`dial.ts`), and TLS whose dates are judged by the believed time. */
import { once } from 'node:events';
import { isIP, type Socket } from 'node:net';
import { type TLSSocket, connect as tlsConnect } from 'node:tls';
import type { buildConnector } from 'undici';
import { addressText, type Dialling, dial } from '../../device/kit/dial.ts';
import { DeviceError, messageOf } from '../../device/kit/errors.ts';
import { withinTime } from '../../device/kit/time.ts';
import { type Judging, judgeCertificate } from './server-certificate.ts';

export interface ConnectorOptions extends Pick<Dialling, 'device' | 'lookup'> {
  /** For the TCP connection, and again for TLS. */
  readonly timeoutMs: number;
  /** By which certificates are judged (server-certificate.ts); the system's clock unless given. */
  readonly times?: () => Judging['times'];
}

/** It fails with DeviceError: disconnected, timeout, or protocol for what does not pass by itself. */
export function createConnector(options: ConnectorOptions): buildConnector.connector {
  const secure = createTls(options);

  async function open({ protocol, hostname, port }: buildConnector.Options): Promise<Socket> {
    const isTls = protocol === 'https:';
    const host = hostname.replace(/^\[|\]$/g, '');
    const socket = await dial({ ...options, host, port: Number(port || (isTls ? 443 : 80)) });
    socket.setNoDelay(true);
    return isTls ? secure(socket, host) : socket;
  }

  return (where, done) => {
    open(where).then(
      socket => done(null, socket),
      error => done(error, null),
    );
  };
}

/** No session is resumed: Node does not tell the certificate of one, so its dates could not be judged. */
function createTls({ device, timeoutMs, times = () => [Date.now()] }: ConnectorOptions) {
  return async (tcp: Socket, host: string): Promise<TLSSocket> => {
    // One that has broken knows no more whose it was.
    const peer = `${host} at ${addressText(tcp.remoteAddress ?? '', tcp.remotePort ?? 0)}`;
    const socket = tlsConnect({
      socket: tcp,
      host,
      ...(isIP(host) === 0 && { servername: host }),
      ALPNProtocols: ['http/1.1'],
      // Node judges by the system's clock. What it found is in `authorizationError`, and judged below, before a byte is sent.
      rejectUnauthorized: false,
    });
    try {
      await withinTime(once(socket, 'secureConnect'), timeoutMs, () => {
        throw new DeviceError('timeout', device, `${peer}: no TLS handshake in ${timeoutMs} ms`);
      });
      await judgeCertificate(socket, { device, host, times: times() });
    } catch (error) {
      socket.on('error', () => undefined).destroy();
      throw error instanceof DeviceError ? error : handshakeFault(device, peer, error);
    }
    return socket;
  };
}

/** A connection that broke may come back by itself; a server that speaks another protocol does not. */
function handshakeFault(device: string, peer: string, error: unknown): DeviceError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const isBroken = /^E(CONN|PIPE|TIMEDOUT|NET|HOST)/.test(code);
  return new DeviceError(
    isBroken ? 'disconnected' : 'protocol',
    device,
    `${peer}: TLS: ${messageOf(error)}`,
    error,
  );
}
