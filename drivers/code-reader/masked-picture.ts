/** A picture for a technician: where a code was read, or is held to be, it is black. Who saves it takes nobody's code along. */
import type { GreyFrame } from './engine.ts';
import type { Place } from './place.ts';

/** Around a code's box, each way, of its sides: hands move between two looks. */
const margin = 0.25;

export function withoutPlaces(frame: GreyFrame, places: readonly Pick<Place, 'box'>[]): GreyFrame {
  const { width, height } = frame;
  const grey = Uint8Array.from(frame.grey);
  for (const { box } of places) {
    const across = (box.right - box.left) * margin;
    const down = (box.bottom - box.top) * margin;
    const left = within(box.left - across, width);
    const right = within(box.right + across, width);
    for (let y = within(box.top - down, height); y < within(box.bottom + down, height); y++) {
      grey.fill(0, y * width + left, y * width + right);
    }
  }
  return { width, height, grey };
}

function within(position: number, length: number): number {
  return Math.min(length, Math.max(0, Math.round(position)));
}
