/** Everything around one firmware process: its settings and data, and the far end of each of its wires. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cameraSize } from '../../sim/bus/validator-post.ts';
import { type SharedFiles, writeConfig } from '../../sim/bus/validator-settings.ts';
import type { Issuer } from '../../sim/media/authority.ts';
import { renderFrame } from '../../sim/media/frame.ts';
import { y4mFrame } from '../../sim/media/y4m.ts';
import { freePort } from '../../sim/wires/free-port.ts';
import { createPsamPort } from '../../sim/wires/psam-port.ts';
import {
  type CardInsertion,
  type InsertedCard,
  insertCard,
  type WireCard,
} from '../../sim/wires/vpcd-card.ts';
import { listenOnWire } from '../../sim/wires/wire-server.ts';
import { setUpBackOffice } from '../delivered-cache.ts';
import { createCameraWire } from './camera-wire.ts';
import { createDisplayWire } from './display-wire.ts';
import { giveTime } from './generous-limits.ts';
import { linksOf } from './people.ts';
import { sealJournal } from './seal-journal.ts';
import { takeRepeats } from './take-repeats.ts';

export interface TestStand {
  readonly configFile: string;
  readonly journalFile: string;
  readonly issuer: Issuer;
  /** Presentations that had their notice. */
  readonly presented: number;
  /** @returns milliseconds from dialling the reader to the notice. @throws when the notice is another one */
  tap(card: WireCard): Promise<number>;
  /** A passenger who waits for a firmware that is starting. @returns when the notice came, on this process's clock */
  firstTap(card: WireCard): Promise<number>;
  /**
   * @param frame as `y4mFrame` encodes it
   * @returns milliseconds from the frame's first byte to the notice. @throws when the notice is another one
   */
  show(frame: Uint8Array, expected: string): Promise<number>;
  /** The camera sees a bus without a code. */
  showScene(): void;
  /** The same at a camera's pace, or every so many milliseconds, until the function returned is called. */
  streamScene(everyMs?: number): () => void;
  /** Keys that cost work on the console, and a line without end on the scanner's wire, until the function returned is called. */
  flood(): Promise<() => void>;
  close(): Promise<void>;
}

export const boarding = '请上车';
/** A camera of 15 frames a second, as the simulator's. */
export const frameMs = 1000 / 15;
/** As many as any part of the bench needs. */
export const people = 2000;
const host = '127.0.0.1';
/** Ctrl-C, Enter, Tab, Ctrl-L, a letter: some 1.6 MB a second, as over a network. */
const keys = Buffer.from('\x03\r\t\x0ca'.repeat(3200));
/** Blanks, which are no code either way: when the bench itself is held up, what has come so far counts as a line. */
const noise = Buffer.alloc(keys.length, ' ');
const floodEveryMs = 10;
const dialEveryMs = 5;

/**
 * @param data the link cache and what fills it, in place of a delivered one with the bench's people
 * @param psam debits the cards
 * @param uplink the way to a back office
 */
export async function createTestStand(
  directory: string,
  data?: Pick<SharedFiles, 'fleetKeys' | 'links' | 'feed'>,
  psam?: WireCard,
  uplink?: SharedFiles['uplink'],
): Promise<TestStand> {
  const office = setUpBackOffice(join(directory, 'back-office'), 'enforced', Date.now());
  takeRepeats(office.files.policy);
  if (data === undefined) office.publish(linksOf(people), 'fresh');
  const scene = renderFrame([], cameraSize);
  const sceneBytes = y4mFrame(scene);
  const camera = await createCameraWire(scene);
  const passenger = await createDisplayWire();
  const crew = await listenOnWire(0, () => {});
  const scanner = await listenOnWire(0, () => {});
  const cardPort = await freePort();
  const slot = psam && createPsamPort(await freePort(), psam);
  const wires = { scanner, camera, passenger, crew, psam: slot, cardPort, consolePort: await freePort() };
  const validator = join(directory, 'validator');
  const settings = { device: 'bench', line: '10', ...office.files, ...data, ...(uplink && { uplink }) };
  const showScene = () => camera.send(sceneBytes);
  const configFile = writeConfig(validator, settings, wires);
  giveTime(configFile);
  if (uplink === undefined) sealJournal(configFile);
  let presented = 0;

  async function timed(expected: string, noticed: ReturnType<typeof passenger.nextNotice>, since: number) {
    const { at, text } = await noticed;
    if (!text.includes(expected)) throw new Error(`${expected} expected, not this notice: ${text}`);
    presented++;
    return at - since;
  }

  return {
    configFile,
    journalFile: join(validator, 'journal.sqlite'),
    issuer: office.issuer,
    get presented() {
      return presented;
    },
    async tap(card) {
      const noticed = passenger.nextNotice();
      const since = performance.now();
      const [inserted, tookMs] = await Promise.all([
        insertCard({ host, port: cardPort, card }),
        timed(boarding, noticed, since),
      ]);
      await inserted.remove();
      return tookMs;
    },
    async firstTap(card) {
      const noticed = passenger.nextNotice();
      const inserted = await dialUntilThere({ host, port: cardPort, card });
      const since = performance.now();
      const tookMs = await timed(boarding, noticed, since);
      await inserted.remove();
      return since + tookMs;
    },
    show(frame, expected) {
      const noticed = passenger.nextNotice();
      const since = performance.now();
      camera.send(frame);
      return timed(expected, noticed, since);
    },
    showScene,
    streamScene(everyMs = frameMs) {
      const timer = setInterval(showScene, everyMs);
      return () => clearInterval(timer);
    },
    async flood() {
      const keyboard = connect(wires.consolePort, host).on('error', () => {});
      await once(keyboard, 'connect');
      keyboard.resume();
      const timer = setInterval(() => {
        for (const wire of [keyboard, ...scanner.clients]) {
          if (!wire.writableNeedDrain) wire.write(wire === keyboard ? keys : noise);
        }
      }, floodEveryMs);
      return () => {
        clearInterval(timer);
        keyboard.destroy();
      };
    },
    async close() {
      await slot?.close();
      await Promise.all([camera, passenger, crew, scanner].map(wire => wire.close()));
    },
  };
}

async function dialUntilThere(insertion: CardInsertion): Promise<InsertedCard> {
  while (true) {
    try {
      return await insertCard(insertion);
    } catch {
      await sleep(dialEveryMs);
    }
  }
}
