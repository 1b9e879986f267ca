/** One look at a frame: which codes are read, and which of those that were in view still seem to be there. */
import { type Effort, type GreyFrame, keyOf, type QrEngine } from './engine.ts';
import { type Place, placeOf, stillShows } from './place.ts';

export interface SightedCode {
  readonly bytes: Uint8Array;
  readonly place: Place;
}

/** A code that was in view, by `keyOf`, and where it was last read. */
export interface HeldCode {
  readonly key: string;
  readonly place: Place;
}

export interface Look {
  readonly effort: Effort;
  /** All different. */
  readonly codes: readonly SightedCode[];
  /** Keys of held codes that are not read, and whose place still shows a code. */
  readonly unread: readonly string[];
}

export function lookAt(engine: QrEngine, frame: GreyFrame, effort: Effort, held: readonly HeldCode[]): Look {
  const codes = engine.find(frame, effort).map(code => ({ bytes: code.bytes, place: placeOf(frame, code) }));
  const read = new Set(codes.map(({ bytes }) => keyOf(bytes)));
  const unread = held.filter(({ key, place }) => !read.has(key) && stillShows(frame, place));
  return { effort, codes, unread: unread.map(({ key }) => key) };
}
