/** One trace: what passes on the wires, masked, into a pcapng file, until somebody ends it or a limit does. */
import { createWriteStream, openSync } from 'node:fs';
import { finished } from 'node:stream/promises';
import { messageOf } from '../kit/errors.ts';
import { type CardTraffic, cardTap, type WireChunk, wireTap } from '../kit/taps.ts';
import { maskCommand, maskResponse, maskScan } from './mask.ts';
import {
  cardFrame,
  interfaceBlock,
  type LinkKind,
  lineFrame,
  type Packet,
  packetBlock,
  sectionBlock,
} from './pcapng.ts';

export interface CaptureOptions {
  /** Must not be there yet. */
  readonly path: string;
  readonly application: string;
  /** The serial lines that are traced, by their names; what comes from a scanner is masked. */
  readonly lines: ReadonlyMap<string, 'plain' | 'scanner'>;
  readonly maxBytes: number;
  readonly maxMs: number;
  /** Unix milliseconds. */
  readonly clock: () => number;
}

export interface CaptureState {
  readonly packets: number;
  readonly bytes: number;
  /** The disk was too slow for so many. */
  readonly dropped: number;
  /** Why it has ended; undefined while it goes on. */
  readonly ended: string | undefined;
}

export interface Capture {
  state(): CaptureState;
  /** Resolves when it has ended, by whatever, and the file is whole. */
  readonly done: Promise<void>;
  /** Resolves when the file is whole; it does not reject. */
  stop(why: string): Promise<void>;
}

/** So much may wait for the disk. */
const mostWaiting = 1 << 20;
/** ISO/IEC 14443-4: an I-block; its number alternates. */
const iBlock = 0x02;

/** @throws the system's error */
export function startCapture({ path, application, lines, maxBytes, maxMs, clock }: CaptureOptions): Capture {
  const file = createWriteStream(path, { fd: openSync(path, 'wx', 0o600) });
  const interfaces = new Map<string, number>();
  const blockNumbers = new Map<string, number>();
  const state = { packets: 0, bytes: 0, dropped: 0 };
  let ended: string | undefined;
  const done = finished(file).catch(error => end(messageOf(error)));

  function write(block: Buffer): void {
    state.bytes += block.length;
    file.write(block);
  }

  function put(kind: LinkKind, name: string, packet: Omit<Packet, 'interfaceId' | 'at'>): void {
    if (ended !== undefined) return;
    if (file.writableLength > mostWaiting) {
      state.dropped++;
      return;
    }
    const known = interfaces.get(`${kind}/${name}`);
    if (known === undefined) write(interfaceBlock(kind, name));
    const interfaceId = known ?? interfaces.size;
    interfaces.set(`${kind}/${name}`, interfaceId);
    const block = packetBlock({ interfaceId, at: clock(), ...packet });
    if (state.bytes + block.length > maxBytes) {
      end('the file has come to its most bytes');
      return;
    }
    state.packets++;
    write(block);
  }

  function numbered(reader: string, bytes: Uint8Array): Buffer {
    return Buffer.concat([Buffer.from([iBlock | (blockNumbers.get(reader) ?? 0)]), bytes]);
  }

  function frameOf(traffic: CardTraffic): Omit<Packet, 'interfaceId' | 'at'> {
    const { reader, event } = traffic;
    if (event === 'removed') return { data: cardFrame('fieldOff') };
    if (event === 'inserted') {
      blockNumbers.set(reader, 1);
      return { data: cardFrame('fieldOn') };
    }
    if (event === 'response') {
      const masked = maskResponse(traffic.command, traffic.response);
      return { data: cardFrame('fromCard', numbered(reader, masked)), direction: 'in' };
    }
    blockNumbers.set(reader, 1 - (blockNumbers.get(reader) ?? 1));
    return { data: cardFrame('toCard', numbered(reader, maskCommand(traffic.command))), direction: 'out' };
  }

  function line({ name, direction, bytes }: WireChunk): void {
    const kind = lines.get(name);
    if (kind === undefined || bytes.length === 0) return;
    const shown = kind === 'scanner' && direction === 'in' ? maskScan(bytes) : bytes;
    put('line', name, { data: lineFrame(direction, shown), direction });
  }

  const onCard = (message: unknown) => {
    const traffic = message as CardTraffic;
    put('card', traffic.reader, frameOf(traffic));
  };
  const onLine = (message: unknown) => line(message as WireChunk);
  const ending = setTimeout(() => end('its time is over'), maxMs);

  function end(why: string): void {
    if (ended !== undefined) return;
    ended = why;
    clearTimeout(ending);
    cardTap.unsubscribe(onCard);
    wireTap.unsubscribe(onLine);
    file.end();
  }

  write(sectionBlock(application));
  cardTap.subscribe(onCard);
  wireTap.subscribe(onLine);
  return {
    state: () => ({ ...state, ended }),
    done,
    async stop(why) {
      end(why);
      await done;
    },
  };
}
