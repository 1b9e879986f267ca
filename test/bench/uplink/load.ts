/** Validators that send one tap after the other, each when the one before is acknowledged: all messages are made beforehand. */
import { type Connection, connectBroker } from '../../../sync/uplink/connection.ts';

/** What a server's validators say, and hear. */
export interface Member {
  readonly clientId: string;
  readonly up: string;
  readonly down: string;
  /** @param tap 1, 2, 3 … */
  message(tap: number): Promise<Buffer>;
}

export interface Served {
  readonly url: string;
  readonly members: readonly Member[];
}

export interface Load {
  /** As many for each validator. */
  readonly taps: number;
  /** Resolves when all are acknowledged. */
  send(): Promise<void>;
  close(): Promise<void>;
}

/** So many connections are begun at once. */
const connectingAtOnce = 50;

export async function createLoad({ url, members }: Served, taps: number): Promise<Load> {
  const each = Math.ceil(taps / members.length);
  const senders: Awaited<ReturnType<typeof createSender>>[] = [];
  for (let i = 0; i < members.length; i += connectingAtOnce) {
    const some = members.slice(i, i + connectingAtOnce).map(member => createSender(url, member, each));
    senders.push(...(await Promise.all(some)));
  }
  return {
    taps: each * members.length,
    async send() {
      await Promise.all(senders.map(({ send }) => send()));
    },
    async close() {
      await Promise.all(senders.map(({ connection }) => connection.close()));
    },
  };
}

async function createSender(url: string, { clientId, up, down, message }: Member, taps: number) {
  let acknowledged: () => void = () => {};
  const connection: Connection = await connectBroker(
    { url },
    { clientId, topics: [down], hear: () => acknowledged() },
  );
  const messages: Buffer[] = [];
  for (let tap = 1; tap <= taps; tap++) messages.push(await message(tap));
  return {
    connection,
    async send() {
      for (const each of messages) {
        const answer = new Promise<void>(resolve => {
          acknowledged = resolve;
        });
        await connection.publish(up, each);
        await answer;
      }
    },
  };
}
