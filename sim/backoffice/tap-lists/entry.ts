/** What a list of taps is made of. */

/** Of a list all entries have the same keys. Those that end in `At` are Unix milliseconds, `rows` are numbers of stored rows. */
export type TapListEntry = Readonly<Record<string, string | number | boolean | null | readonly number[]>>;

/** By the time that rows say, Unix milliseconds; `to` is beyond. */
export interface Span {
  readonly from: number;
  readonly to: number;
}
