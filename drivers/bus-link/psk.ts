/**
 * TLS between the validators of one bus by a key that all of them have (ECDHE-PSK, RFC 5489 and RFC 7905): no certificate that
 * expires, and no clock is asked. Who says something is named by the PSK identity, the device's name.
 */
import type { TLSSocket } from 'node:tls';
import { DeviceError } from '../../device/kit/errors.ts';
import { createWatchdog } from '../../device/kit/time.ts';

export interface BusKey {
  /** This validator's name in the fleet. */
  readonly device: string;
  /** 32 bytes */
  readonly key: Uint8Array;
}

export const pskOptions = {
  ciphers: 'ECDHE-PSK-CHACHA20-POLY1305',
  minVersion: 'TLSv1.2',
  maxVersion: 'TLSv1.2',
} as const;

const heartbeatMs = 2000;
const silenceMs = 10_000;

/**
 * Both ends send an empty line now and then: a validator whose power was cut closes no connection.
 * @param silent called once nothing has come for 10 s
 * @returns ends it
 */
export function keepAlive(socket: TLSSocket, silent: (error: DeviceError) => void, name: string): () => void {
  const watchdog = createWatchdog(silenceMs, () =>
    silent(new DeviceError('timeout', name, `nothing has come for ${silenceMs / 1000} s`)),
  );
  const heard = () => watchdog.restart();
  const beat = setInterval(() => socket.write('\n'), heartbeatMs);
  socket.on('data', heard);
  heard();
  return () => {
    clearInterval(beat);
    watchdog.stop();
    socket.off('data', heard);
  };
}
