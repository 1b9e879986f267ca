/** The noise of a camera's sensor, as little as makes each picture a new one: some pixels one shade off. */

/** One pixel in so many. */
const sparse = 256;

/** Changes `grey` in place; far below what a decoder minds, and cheap enough for every frame of a bus. */
export function addSensorNoise(grey: Uint8Array): void {
  const count = Math.ceil(grey.length / sparse);
  for (let i = 0; i < count; i++) {
    const at = Math.floor(Math.random() * grey.length);
    grey[at] = (grey[at] ?? 0) ^ 1;
  }
}
