/**
 * Where a running fleet can be asked for a bus of its own: a socket that only its user reaches. Whoever has been given a bus has both its validators for
 * as long as the connection lasts; messages are lines of JSON.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { WrongUsage } from '../../device/kit/errors.ts';

/** What a real validator needs to be one of the fleet's; paths. */
const identity = z.strictObject({
  device: z.string(),
  signing: z.string(),
  url: z.string(),
  office: z.string(),
  ca: z.string().optional(),
  cert: z.string().optional(),
  key: z.string().optional(),
});
const bus = z.strictObject({ line: z.string(), bus: z.string(), front: identity, rear: identity });
/** Rows of its journals, by device. */
const rows = z.record(z.string(), z.int().min(0));
export const fromFleet = z.union([
  z.strictObject({ bus }),
  z.strictObject({ refused: z.string() }),
  z.strictObject({ over: z.literal(true) }),
]);
export const toFleet = z.union([
  z.strictObject({ validator: z.string().max(100) }),
  z.strictObject({ rows }),
]);

export type FleetBus = z.infer<typeof bus>;
export type FromFleet = z.infer<typeof fromFleet>;
export type ToFleet = z.infer<typeof toFleet>;

export interface ControlParts {
  /** @returns the bus, which is nobody else's; a text says why not */
  take(validator: string): Promise<FleetBus | string>;
  /** @param rows undefined where whoever had it has ended without a word */
  giveBack(bus: FleetBus, rows: Readonly<Record<string, number>> | undefined): void;
}

export interface Control {
  /** Tells all that it is over; resolves when they have given back what they had. */
  close(): Promise<void>;
}

/** In the folder in which the fleet runs. */
export const usualControl = 'build/fleet.sock';
const longestLine = 4096;
/** For what they still have to send. */
const lastWordsMs = 60_000;

/** @throws WrongUsage where another fleet has it */
export async function openControl(path: string, parts: ControlParts): Promise<Control> {
  if (await isAnswering(path))
    throw new WrongUsage(`${path}: another fleet is running; name another --control`);
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  const sockets = new Set<Socket>();
  const server = createServer(socket => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    serve(socket, parts);
  });
  const before = process.umask(0o077);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', error => reject(new WrongUsage(`--control ${path}: ${error.message}`)));
      server.listen(path, resolve);
    });
  } finally {
    process.umask(before);
  }
  return {
    async close() {
      const closed = new Promise(resolve => server.close(resolve));
      for (const socket of sockets) say(socket, { over: true });
      const limit = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, lastWordsMs);
      await closed;
      clearTimeout(limit);
    },
  };
}

function serve(socket: Socket, { take, giveBack }: ControlParts): void {
  let taken: FleetBus | undefined;
  let made: Readonly<Record<string, number>> | undefined;
  hearLines(socket, toFleet, async message => {
    if ('rows' in message) made = message.rows;
    else if (taken === undefined) {
      const given = await take(message.validator);
      if (typeof given === 'string') say(socket, { refused: given });
      else if (socket.destroyed) giveBack(given, {});
      else {
        taken = given;
        say(socket, { bus: given });
      }
    }
  });
  socket.on('close', () => {
    if (taken !== undefined) giveBack(taken, made);
  });
}

export function say(socket: Socket, message: FromFleet | ToFleet): void {
  socket.write(`${JSON.stringify(message)}\n`);
}

/** Whoever says anything else is left. */
export function hearLines<T>(socket: Socket, schema: z.ZodType<T>, hear: (message: T) => unknown): void {
  createInterface({ input: socket }).on('line', line => {
    try {
      if (line.length > longestLine) throw new Error('too long');
      hear(schema.parse(JSON.parse(line)));
    } catch {
      socket.destroy();
    }
  });
}

function isAnswering(path: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(path, () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}
