/**
 * Growth of the firmware's memory under taps and frames, by the resident set the kernel counts for it.
 *
 * The run is cut into rounds of taps and frames alike, with a reading after each, so that all readings are of the
 * same moment's work. The median of the last quarter of the readings less that of the first is what grew in the
 * three quarters of the run between their middles, and is scaled up to the whole run: a garbage collector makes
 * single readings swing by megabytes either way. The same passengers come again and again, so that what the
 * validator has to remember is all there after the warm-up, a fifth of the run on top of it.
 */
import { cameraSize } from '../../../sim/bus/validator-post.ts';
import { renderFrame } from '../../../sim/media/frame.ts';
import { y4mFrame } from '../../../sim/media/y4m.ts';
import { withFirmware } from '../firmware-under-test.ts';
import { cardOf, codeOf } from '../people.ts';
import { residentMb } from '../process-memory.ts';
import { type Figure, say } from '../report.ts';
import { median } from '../statistics.ts';
import { boarding, type TestStand } from '../test-stand.ts';

export interface Load {
  readonly taps: number;
  readonly frames: number;
}

/** Of taps, and of frames. */
export const fullLoad = 20_000;

const rounds = 20;
const warmUpRounds = 4;
const cards = 100;
/** Enough that a code has been out of sight for a second before it is shown again. */
const codes = 400;
const firstSerial = 1000;
const used = '二维码已使用';
/** What a garbage collector's swings leave; 250 bytes leaked at each of 40,000 taps and frames are more. */
const required = { atMost: 8 };

export async function measureMemory(stand: TestStand, load: Load): Promise<Figure[]> {
  // Drawing takes half a minute: not while the firmware waits for its camera.
  const pictures = drawCodes(stand);
  const present = createCrowd(stand, pictures, { taps: load.taps / rounds, frames: load.frames / rounds });
  return withFirmware(stand.configFile, ({ pid }) => watchMemory(present, pid, load));
}

async function watchMemory(present: () => Promise<void>, pid: number, load: Load): Promise<Figure[]> {
  const readingsMb: number[] = [];
  for (let round = 0; round < warmUpRounds; round++) await present();
  say(`memory: ${load.taps} taps and ${load.frames} frames, resident megabytes after each twentieth:`);
  for (let round = 0; round < rounds; round++) {
    await present();
    readingsMb.push(residentMb(pid));
  }
  say(`  ${readingsMb.map(mb => mb.toFixed(1)).join(' ')}`);
  return [
    { name: 'memory.residentMb', value: median(readingsMb) },
    { name: 'memory.growthMb', value: growthOf(readingsMb), ...(isFull(load) && { required }) },
  ];
}

/** A shorter run warms up too little to be judged. */
function isFull({ taps, frames }: Load): boolean {
  return taps >= fullLoad && frames >= fullLoad;
}

function growthOf(readings: readonly number[]): number {
  const quarter = readings.length / 4;
  return (median(readings.slice(-quarter)) - median(readings.slice(0, quarter))) / 0.75;
}

/** @returns presents one round of cards, then of codes, one after the other and as fast as they go */
function createCrowd(
  stand: TestStand,
  pictures: readonly Uint8Array[],
  { taps, frames }: Load,
): () => Promise<void> {
  const wallets = Array.from({ length: cards }, (_, i) => cardOf(i));
  let tapped = 0;
  let shown = 0;

  async function tapCards(): Promise<void> {
    const stopCamera = stand.streamScene();
    try {
      for (let i = 0; i < taps; i++) await stand.tap(pick(wallets, tapped++));
    } finally {
      stopCamera();
    }
  }

  /** Every other frame shows a code; only its first sight is a ride. */
  async function showCodes(): Promise<void> {
    for (let i = 0; i < frames; i += 2) {
      stand.showScene();
      await stand.show(pick(pictures, shown), shown < codes ? boarding : used);
      shown++;
    }
  }

  return async () => {
    await tapCards();
    await showCodes();
  };
}

function pick<T>(items: readonly T[], turn: number): T {
  const item = items[turn % items.length];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}

function drawCodes({ issuer }: TestStand): Uint8Array[] {
  return Array.from({ length: codes }, (_, i) =>
    y4mFrame(renderFrame([codeOf(firstSerial + i, issuer)], cameraSize)),
  );
}
