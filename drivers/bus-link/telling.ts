/** The way out to one other validator of the bus: what it must know first, then what happens. */
import type { Duplex } from 'node:stream';
import { connect } from 'node:tls';
import { parseAddress } from '../../device/kit/address.ts';
import { DeviceError, messageOf } from '../../device/kit/errors.ts';
import type { DeviceEvents } from '../../device/ports.ts';
import { type Link, superviseStream } from '../wire/supervised-stream.ts';
import { type BusKey, keepAlive, pskOptions } from './psk.ts';

export interface Telling {
  readonly name: string;
  /** tcp://host:port of the other */
  readonly reach: string;
  readonly own: BusKey;
  readonly events: DeviceEvents;
  /** @returns what the other is told first, each time that the way has opened */
  opened(): readonly string[];
}

export interface Teller {
  /** Nothing while the way is not open: what counts then is told when it opens. */
  tell(message: string): void;
  close(): Promise<void>;
}

/** Somebody who takes nothing is not waited for: the way is closed and opened again. */
const maxWaitingBytes = 512 * 1024;

/** @throws DeviceError config for what is no address */
export function tellDoor({ name, reach, own, events, opened }: Telling): Teller {
  let say: ((message: string) => void) | undefined;

  function session(stream: Duplex, link: Link): () => void {
    const socket = connect({
      ...pskOptions,
      socket: stream,
      pskCallback: () => ({ psk: own.key, identity: own.device }),
      // The key says who it is.
      checkServerIdentity: () => undefined,
    });
    const stopBeating = keepAlive(socket, link.failed, name);
    socket.on('error', error => {
      const problem =
        say === undefined ? `no agreement with ${reach}: ${messageOf(error)}` : messageOf(error);
      link.failed(new DeviceError('protocol', name, problem, error));
    });
    socket.on('close', () => link.failed(new DeviceError('disconnected', name, `${reach} has closed`)));
    socket.once('secureConnect', () => {
      say = message => {
        socket.write(`${message}\n`);
        if (socket.writableLength > maxWaitingBytes)
          link.failed(new DeviceError('protocol', name, `${reach} takes nothing`));
      };
      for (const message of opened()) say(message);
      link.working();
    });
    return () => {
      say = undefined;
      stopBeating();
      socket.destroy();
    };
  }

  const wire = superviseStream({
    ...{ name, source: parseAddress(reach), baudRate: 9600, readyAfterMs: undefined, events, session },
  });
  return { tell: message => say?.(message), close: wire.close };
}
