/**
 * A validator whose wires are all busy at once: cards one after the other without a pause, a scanner that prints
 * a code four times a second, two cameras at 15 frames a second before which codes are held, and a GNSS receiver that
 * tells ten times a second of a bus that moves.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { toHex } from '../../../device/core/bytes.ts';
import { lineStops, placeOf } from '../../../sim/bus/line-stops.ts';
import { cameraSize } from '../../../sim/bus/validator-post.ts';
import { writeConfig } from '../../../sim/bus/validator-settings.ts';
import type { Issuer } from '../../../sim/media/authority.ts';
import { renderFrame } from '../../../sim/media/frame.ts';
import { createCameraPort, emptyView } from '../../../sim/wires/camera-port.ts';
import { freePort } from '../../../sim/wires/free-port.ts';
import { createGnssReceiver } from '../../../sim/wires/gnss-receiver.ts';
import { createScannerPort } from '../../../sim/wires/scanner-port.ts';
import { insertCard } from '../../../sim/wires/vpcd-card.ts';
import { listenOnWire } from '../../../sim/wires/wire-server.ts';
import { setUpBackOffice } from '../../delivered-cache.ts';
import { changeSettings } from '../../device/firmware/stand.ts';
import { giveTime } from '../generous-limits.ts';
import { cardOf, codeOf, linksOf } from '../people.ts';
import { sealJournal } from '../seal-journal.ts';
import { takeRepeats } from '../take-repeats.ts';

export interface BusyBus {
  readonly configFile: string;
  /** Presents without end; @returns ends it */
  crowd(): () => Promise<void>;
  close(): Promise<void>;
}

const host = '127.0.0.1';
const people = 1000;
const cards = 200;
const framesPerSecond = 15;
const pictures = 40;
/** No hand is quicker: a card is found, read and taken away again. */
const tapMs = 250;
const scanEveryMs = 250;
const heldMs = 700;
const gnssIntervalMs = 100;

export async function createBusyBus(directory: string): Promise<BusyBus> {
  const office = setUpBackOffice(join(directory, 'back-office'), 'enforced', Date.now());
  takeRepeats(office.files.policy);
  office.publish(linksOf(people), 'fresh');
  const idle = emptyView(cameraSize.width, cameraSize.height);
  const camera = await createCameraPort({ framesPerSecond, idle });
  const rearCamera = await createCameraPort({ framesPerSecond, idle });
  const scanner = await createScannerPort({});
  const passenger = await listenOnWire(0, () => {});
  const crew = await listenOnWire(0, () => {});
  const gnss = await createGnssReceiver({ position: placeOf(lineStops[0]), intervalMs: gnssIntervalMs });
  gnss.drive(lineStops.map(placeOf), 40);
  const cardPort = await freePort();
  const wires = { scanner, camera, gnss, passenger, crew, cardPort, consolePort: await freePort() };
  const configFile = writeConfig(
    join(directory, 'validator'),
    { device: 'bench', line: '10', ...office.files },
    wires,
  );
  changeSettings(configFile, {
    codeReaders: [
      { name: 'scanner', driver: 'scanner', path: `tcp://${host}:${scanner.port}` },
      { name: 'camera', driver: 'camera', source: `tcp://${host}:${camera.port}` },
      { name: 'rear-camera', driver: 'camera', source: `tcp://${host}:${rearCamera.port}` },
    ],
  });
  giveTime(configFile);
  sealJournal(configFile);
  const shown = drawCodes(office.issuer);

  async function tapCards(signal: AbortSignal): Promise<void> {
    for (let serial = 0; !signal.aborted; serial = (serial + 1) % cards) {
      const card = await insertCard({ host, port: cardPort, card: cardOf(serial) });
      await sleep(tapMs);
      await card.remove();
    }
  }

  async function printCodes(signal: AbortSignal): Promise<void> {
    for (let serial = 0; !signal.aborted; serial++) {
      scanner.send(toHex(codeOf(serial % people, office.issuer)));
      await sleep(scanEveryMs);
    }
  }

  async function holdCodes(before: typeof camera, offset: number, signal: AbortSignal): Promise<void> {
    for (let turn = offset; !signal.aborted; turn++) {
      before.setFrame(shown[turn % shown.length]);
      await sleep(heldMs);
    }
  }

  return {
    configFile,
    crowd() {
      const stop = new AbortController();
      const all = Promise.all([
        tapCards(stop.signal),
        printCodes(stop.signal),
        holdCodes(camera, 0, stop.signal),
        holdCodes(rearCamera, pictures / 2, stop.signal),
      ]);
      return async () => {
        stop.abort();
        await all;
      };
    },
    async close() {
      await Promise.all([camera, rearCamera, scanner, gnss, passenger, crew].map(wire => wire.close()));
    },
  };
}

function drawCodes(issuer: Issuer) {
  return Array.from({ length: pictures }, (_, serial) =>
    renderFrame([codeOf(people - 1 - serial, issuer)], { ...cameraSize, codeHeight: 0.7, seed: serial }),
  );
}
