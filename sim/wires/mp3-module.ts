/**
 * The far end of a serial MP3 module's wire (YX5200, DFPlayer Mini): it checks each frame, answers as the manual has it, and
 * tells what a person in front of its loudspeaker hears.
 *
 * As the real one it takes one frame at a time: one that comes before the last is answered is lost, and counted.
 */
import type { Socket } from 'node:net';
import { listenOnWire, type Plug } from './wire-server.ts';

/** A track that sounds, or has. */
export interface HeardTrack {
  readonly track: number;
  /** 0 to 30. */
  readonly volume: number;
  /** It has come to its end. */
  readonly whole: boolean;
}

export interface Mp3ModulePort extends Plug {
  readonly port: number;
  readonly connected: boolean;
  /** Frames that were no frames, and those that came too soon. */
  readonly lost: number;
  heard(): readonly HeardTrack[];
  /** Calls the listener with each track that begins; @returns the way to stop it */
  onTrack(listener: (heard: HeardTrack) => void): () => void;
  /** No track that begins from now on comes to its end, or each does. */
  linger(isLingering: boolean): void;
  /** It takes nothing and says nothing. */
  mute(isMute: boolean): void;
  /** It is busy as after its start, or no longer. */
  busy(isBusy: boolean): void;
  /** The memory card is taken out or put in again. */
  card(isIn: boolean): void;
  /** Without power for a moment. */
  restart(): void;
  /** Bytes on the wire that are no frame. */
  noise(bytes: Uint8Array): void;
  close(): Promise<void>;
}

export interface Mp3ModuleOptions {
  /** Any free one unless given. */
  readonly port?: number;
  /** Which tracks are on its memory card; all unless given. */
  readonly has?: (track: number) => boolean;
  /** How long one lasts; 20 ms unless given. */
  readonly lastsMs?: (track: number) => number;
  /** Some makes tell twice that a track has ended. */
  readonly tellsTwice?: boolean;
}

const answerMs = 2;
const files = 30;

export async function createMp3ModulePort(options: Mp3ModuleOptions = {}): Promise<Mp3ModulePort> {
  const { has = () => true, lastsMs = () => 20, tellsTwice = false } = options;
  const heard: { track: number; volume: number; whole: boolean }[] = [];
  const listeners = new Set<(heard: HeardTrack) => void>();
  let held = Buffer.alloc(0);
  let answering: NodeJS.Timeout | undefined;
  let ending: NodeJS.Timeout | undefined;
  let volume = 30;
  let lost = 0;
  const state = { isLingering: false, isMute: false, isBusy: false, hasCard: true };

  const server = await listenOnWire(options.port ?? 0, newest => {
    // A wire has only one far end.
    for (const client of server.clients) if (client !== newest) client.destroy();
    newest.on('data', bytes => state.isMute || take(bytes, newest));
  });

  function say(code: number, value: number): void {
    if (state.isMute) return;
    const frame = Buffer.from([0x7e, 0xff, 6, code, 0, value >> 8, value & 0xff, 0, 0, 0xef]);
    frame.writeUInt16BE(0x1_0000 - sum(frame), 7);
    for (const client of server.clients) client.write(frame);
  }

  function take(bytes: Buffer, from: Socket): void {
    held = Buffer.concat([held, bytes]);
    while (held.length >= 10) {
      const frame = held.subarray(0, 10);
      held = held.subarray(10);
      const error = faultOf(frame);
      if (error === undefined && answering === undefined) {
        answering = setTimeout(() => {
          answering = undefined;
          if (server.clients.has(from)) obey(frame);
        }, answerMs);
      } else {
        lost++;
        if (error !== undefined) say(0x40, error);
      }
    }
  }

  function obey(frame: Buffer): void {
    const code = frame.readUInt8(3);
    const value = frame.readUInt16BE(5);
    const error = refusalOf(code, value);
    if (error !== undefined) say(0x40, error);
    else if (code === 0x42) say(code, ending === undefined ? 0x0200 : 0x0201);
    else if (code === 0x48) say(code, files);
    else if (frame[4] === 1) say(0x41, 0);
    if (error !== undefined) return;
    if (code === 0x06) volume = value;
    if (code === 0x12) begin(value);
  }

  function refusalOf(code: number, value: number): number | undefined {
    if (state.isBusy) return 1;
    if (code === 0x48 && !state.hasCard) return 8;
    return code === 0x12 && !(state.hasCard && has(value)) ? 6 : undefined;
  }

  function begin(track: number): void {
    clearTimeout(ending);
    const now = { track, volume, whole: false };
    heard.push(now);
    if (!state.isLingering) ending = setTimeout(() => end(now), lastsMs(track));
    for (const listener of listeners) listener(now);
  }

  function end(now: { track: number; whole: boolean }): void {
    ending = undefined;
    now.whole = true;
    say(0x3d, now.track);
    if (tellsTwice) say(0x3d, now.track);
  }

  function stopSounding(): void {
    clearTimeout(ending);
    ending = undefined;
  }

  return {
    port: server.port,
    get connected() {
      return server.clients.size > 0;
    },
    get lost() {
      return lost;
    },
    heard: () => heard,
    onTrack(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    linger(isLingering) {
      state.isLingering = isLingering;
    },
    mute(isMute) {
      state.isMute = isMute;
      held = Buffer.alloc(0);
    },
    busy(isBusy) {
      state.isBusy = isBusy;
    },
    card(isIn) {
      state.hasCard = isIn;
      if (!isIn) stopSounding();
      say(isIn ? 0x3a : 0x3b, 2);
    },
    restart() {
      stopSounding();
      volume = 30;
      say(0x3f, state.hasCard ? 2 : 0);
    },
    noise(bytes) {
      for (const client of server.clients) client.write(bytes);
    },
    unplug: server.unplug,
    plug: server.plug,
    async close() {
      stopSounding();
      clearTimeout(answering);
      await server.close();
    },
  };
}

/** @returns the error that the module answers: 3 for a frame that is not whole, 4 for a wrong sum */
function faultOf(frame: Buffer): number | undefined {
  if (frame[0] !== 0x7e || frame[1] !== 0xff || frame[2] !== 6 || frame[9] !== 0xef) return 3;
  return ((frame.readUInt16BE(7) + sum(frame)) & 0xffff) === 0 ? undefined : 4;
}

function sum(frame: Buffer): number {
  let total = 0;
  for (const byte of frame.subarray(1, 7)) total += byte;
  return total;
}
