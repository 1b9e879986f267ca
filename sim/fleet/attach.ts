/** `fleet attach`: takes a bus out of a running fleet and runs it as a real one, firmware and panel, under the same names and keys. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { WrongUsage } from '../../device/kit/errors.ts';
import { sayError } from '../../device/kit/printable.ts';
import { openMark } from '../../sync/uplink/mark.ts';
import { openJournalFile } from '../backoffice/intake/journal-file.ts';
import type { Bus } from '../bus/bus.ts';
import { type PostName, postNames } from '../bus/validator-post.ts';
import { runBus } from '../run/run.ts';
import { type FleetBus, fromFleet, hearLines, say } from './control.ts';

export interface AttachOptions {
  /** Its number, from 1, or its name. */
  readonly validator: string;
  /** The fleet's socket. */
  readonly control: string;
  readonly panel: boolean;
  readonly panelPort: number;
  readonly json: boolean;
  readonly patient: boolean;
}

/** So long what is still on the bus is waited for at the end. */
const lastRowsMs = 45_000;

/** @returns whether every command could be carried out. Rejects with WrongUsage where there is no fleet, or no such validator in it */
export async function attach({ validator, control, ...run }: AttachOptions): Promise<boolean> {
  const socket = await reach(control);
  const over = new AbortController();
  socket.on('close', () => over.abort());
  const directory = mkdtempSync(join(tmpdir(), 'fleet-bus-'));
  try {
    const given = await take(socket, validator, () => over.abort());
    const uplinks = { front: given.front, rear: given.rear };
    return await runBus({
      ...{ ...run, dir: directory, line: given.line, speed: 1, wires: 'vpcd', displays: 'terminal', uplinks },
      ending: {
        signal: over.signal,
        async before(bus) {
          say(socket, { rows: await sent(bus, given) });
        },
      },
    });
  } finally {
    socket.end();
    rmSync(directory, { recursive: true, force: true });
  }
}

function reach(control: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(control, () => resolve(socket)).on('error', error =>
      reject(new WrongUsage(`no fleet answers at ${control}: ${error.message}`)),
    );
  });
}

function take(socket: Socket, validator: string, ended: () => void): Promise<FleetBus> {
  return new Promise((resolve, reject) => {
    socket.once('close', () => reject(new WrongUsage('the fleet has ended')));
    hearLines(socket, fromFleet, message => {
      if ('bus' in message) resolve(message.bus);
      else if ('refused' in message) reject(new WrongUsage(message.refused));
      else ended();
    });
    say(socket, { validator });
  });
}

/** @returns how many rows each validator has made, when they have arrived or are waited for no longer */
async function sent(bus: Bus, given: FleetBus): Promise<Record<string, number>> {
  const until = performance.now() + lastRowsMs;
  const arrived = (post: PostName) =>
    openMark(`${bus.posts[post].journal}-uplink`, given[post].device).acknowledged;
  const waiting = () => postNames.filter(post => madeBy(bus, post).last > arrived(post));
  while (waiting().length > 0 && performance.now() < until) await delay(200);
  for (const post of waiting())
    sayError(`${given[post].device}: rows are still on the bus, and lost with it`);
  return Object.fromEntries(postNames.map(post => [given[post].device, madeBy(bus, post).rows]));
}

function madeBy(bus: Bus, post: PostName): { readonly rows: number; readonly last: number } {
  const made = { rows: 0, last: 0 };
  const { journal } = bus.posts[post];
  if (!existsSync(journal)) return made;
  const file = openJournalFile(journal);
  try {
    for (const portion of file.portions())
      if ('raw' in portion) {
        made.rows += portion.raw.length;
        made.last = portion.raw.at(-1)?.seq ?? made.last;
      }
    return made;
  } finally {
    file.close();
  }
}
