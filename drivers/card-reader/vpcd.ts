/**
 * A card reader whose cards dial in over TCP: the firmware listens, a (virtual) card connects and speaks vpcd's
 * framing. Connecting is coming into the field, closing is leaving it.
 *
 * When a card connects, it is powered on and asked for its ATR, within the time limit of one APDU. A card that cannot be
 * powered up (no ATR, half of one, not an ATR, gone) is still presented, so that its passenger is told: as a card with an
 * empty `atr` whose `transmit` rejects with the DeviceError, followed by `removed`. A card that comes while another is in
 * the field is closed at once, and the first goes on. What a card does wrong is never a fault of the reader: the card is
 * out, and the next one is accepted.
 */
import type { Socket } from 'node:net';
import { DeviceError } from '../../device/kit/errors.ts';
import type { Card, CardReader, CardReaderEvents } from '../../device/ports.ts';
import { keepListening, type Listener } from '../wire/listener.ts';
import { checkCommand, isAtr } from './apdu.ts';
import { createVpcdConnection, type VpcdConnection } from './vpcd-connection.ts';
import { vpcdControls } from './vpcd-frames.ts';

export interface VpcdReaderOptions {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly apduTimeoutMs: number;
}

export function createVpcdReader({ name, host, port, apduTimeoutMs }: VpcdReaderOptions): CardReader {
  let listener: Listener | undefined;
  let inField: VpcdConnection | undefined;
  let closing: Promise<void> | undefined;

  function accept(socket: Socket, events: CardReaderEvents): void {
    if (inField === undefined) return void present(socket, events);
    socket.on('error', () => {});
    // The event loop may report this card before it reports that the last one has left: wait for that report.
    setImmediate(() => {
      if (inField === undefined && closing === undefined) void present(socket, events);
      else socket.destroy();
    });
  }

  async function present(socket: Socket, events: CardReaderEvents): Promise<void> {
    const connection = createVpcdConnection(socket, name, apduTimeoutMs);
    inField = connection;
    const card = await powerUp(connection, name);
    if (closing === undefined) {
      events.inserted(card);
      await connection.ended;
      events.removed();
    }
    inField = undefined;
  }

  async function shutDown(): Promise<void> {
    const closed = listener?.close();
    inField?.powerOff(new DeviceError('disconnected', name, 'the reader was closed'));
    await closed;
  }

  return {
    name,
    open(events) {
      listener = keepListening({
        name,
        at: { host, port },
        events,
        onConnection: socket => accept(socket, events),
      });
    },
    close() {
      closing ??= shutDown();
      return closing;
    },
  };
}

async function powerUp(connection: VpcdConnection, name: string): Promise<Card> {
  connection.tell(vpcdControls.powerOn);
  const nothing = new Uint8Array();
  const answer = await connection.ask(Uint8Array.of(vpcdControls.askAtr)).catch(() => nothing);
  const powered = isAtr(answer);
  if (!powered)
    connection.drop(new DeviceError('protocol', name, 'the card answered something that is no ATR'));
  return {
    atr: powered ? answer : nothing,
    transmit: command => transmit(connection, name, command),
  };
}

async function transmit(connection: VpcdConnection, name: string, command: Uint8Array): Promise<Uint8Array> {
  // A body of one byte would be a control.
  checkCommand(name, command);
  return connection.ask(command);
}
