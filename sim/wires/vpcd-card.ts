/**
 * A card held to the firmware's vpcd reader: dials in, answers power, ATR and APDUs, and leaves by hanging up.
 * Faults lie in layers over the card, the last one outermost. Each sees a question before those beneath it, and answers
 * it or passes it on.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createFrameDecoder, encodeFrame, vpcdControls } from '../../drivers/card-reader/vpcd-frames.ts';

/**
 * An answer that is framed and sent; `raw` bytes, sent as they are; nothing at all; or hanging up.
 */
export type WireReply = Uint8Array | { readonly raw: Uint8Array } | 'silent' | 'close';

export interface WireCard {
  readonly atr: Uint8Array;
  respond(command: Uint8Array): WireReply | Promise<WireReply>;
  /** At power-on and reset, the card forgets what it keeps only with power. */
  reset?(): void;
}

export type WireQuestion =
  | { readonly ask: 'atr' }
  | { readonly ask: 'command'; readonly command: Uint8Array };

export type CardFault = (
  question: WireQuestion,
  beneath: () => Promise<WireReply>,
) => WireReply | Promise<WireReply>;

export interface CardInsertion {
  readonly host: string;
  readonly port: number;
  readonly card: WireCard;
  readonly faults?: readonly CardFault[];
}

export interface InsertedCard {
  /** Resolves when the card is out of the field: taken away, or refused or dropped by the reader. */
  readonly removed: Promise<void>;
  remove(): Promise<void>;
}

/** Longest command a reader can send: vpcd's u16 length. */
const maxCommandBytes = 0xffff;
const farewellMs = 200;

/** @throws the system's error when no reader listens there */
export async function insertCard({ host, port, card, faults = [] }: CardInsertion): Promise<InsertedCard> {
  const socket = connect({ host, port, noDelay: true });
  await once(socket, 'connect');
  const removed = new Promise<void>(resolve => socket.once('close', () => resolve()));
  const decoder = createFrameDecoder(maxCommandBytes);
  let answered = Promise.resolve();

  socket.on('error', () => {}); // followed by `close`
  socket.on('data', chunk => {
    for (const body of decoder.push(chunk)) {
      // One after the other: a slow answer holds up the next question, as on a real wire.
      answered = answered.then(() => hear(socket, card, faults, body));
    }
  });

  return {
    removed,
    remove() {
      socket.end();
      socket.setTimeout(farewellMs, () => socket.destroy());
      return removed;
    },
  };
}

async function hear(
  socket: Socket,
  card: WireCard,
  faults: readonly CardFault[],
  body: Uint8Array,
): Promise<void> {
  const control = body.length === 1 ? body[0] : undefined;
  if (control === vpcdControls.powerOn || control === vpcdControls.reset) card.reset?.();
  if (control !== undefined && control !== vpcdControls.askAtr) return;
  const question: WireQuestion = control === undefined ? { ask: 'command', command: body } : { ask: 'atr' };
  say(socket, await answerOf(card, faults, question));
}

async function answerOf(
  card: WireCard,
  faults: readonly CardFault[],
  question: WireQuestion,
): Promise<WireReply> {
  const newest = faults.at(-1);
  if (newest !== undefined) return newest(question, () => answerOf(card, faults.slice(0, -1), question));
  return question.ask === 'atr' ? card.atr : card.respond(question.command);
}

function say(socket: Socket, reply: WireReply): void {
  if (reply === 'silent' || !socket.writable) return;
  if (reply === 'close') socket.end();
  else socket.write(reply instanceof Uint8Array ? encodeFrame(reply) : reply.raw);
}
