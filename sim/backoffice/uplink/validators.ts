/** How each validator that has been heard is: who is connected, with what, and what it says is wrong. */
import type { Bodies } from '../../../sync/uplink/messages.ts';

export interface ValidatorState {
  readonly device: string;
  /** Of its newest connection. */
  readonly online: boolean;
  readonly hello?: Bodies['hello'];
  readonly status?: Bodies['status'];
}

export interface Validators {
  /** @returns whether it is news: what an older connection says comes too late */
  hear<Kind extends 'hello' | 'status' | 'presence'>(device: string, kind: Kind, body: Bodies[Kind]): boolean;
  isOnline(device: string): boolean;
  statusOf(device: string): Bodies['status'] | undefined;
  list(): readonly ValidatorState[];
}

export function createValidators(): Validators {
  const known = new Map<string, ValidatorState & { readonly connection: number }>();
  return {
    hear(device, kind, body) {
      const before = known.get(device) ?? { device, online: false, connection: -1 };
      if (body.connection < before.connection || isOlder(before.status, body)) return false;
      const isNew = body.connection > before.connection;
      // Its will may overtake the last that it said: of one connection the end is the end.
      const online = 'online' in body ? body.online && (isNew || before.online) : before.online || isNew;
      const told = kind === 'presence' ? {} : { [kind]: body };
      known.set(device, { ...before, ...told, connection: body.connection, online });
      return online !== before.online || kind !== 'presence';
    },
    isOnline: device => known.get(device)?.online === true,
    statusOf: device => known.get(device)?.status,
    list: () => [...known.values()].map(({ connection, ...state }) => state),
  };
}

/** One that is repeated is not older: it says the same. */
function isOlder(
  before: Bodies['status'] | undefined,
  body: { connection: number; number?: number },
): boolean {
  return before?.connection === body.connection && body.number !== undefined && body.number < before.number;
}
