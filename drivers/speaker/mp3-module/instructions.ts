/** What a serial MP3 module is told, and what it says: the codes of YX5200's manual that are used here. */

export const instructions = {
  setVolume: 0x06,
  wake: 0x0b,
  /** A file of the folder `mp3` whose name begins with the number in four digits. */
  playTrack: 0x12,
  askStatus: 0x42,
  askFiles: 0x48,
} as const;

export const reports = {
  cardIn: 0x3a,
  cardOut: 0x3b,
  finished: 0x3d,
  /** It has started. The value's bits are what it can play from. */
  online: 0x3f,
  error: 0x40,
  done: 0x41,
} as const;

export const errors = {
  /** It has not started yet. */
  busy: 1,
  asleep: 2,
  cutShort: 3,
  wrongSum: 4,
  outOfRange: 5,
  notFound: 6,
} as const;

/** Of `online`, `cardIn` and `cardOut`: the memory card. */
export const memoryCard = 0x02;
export const loudest = 30;
export const lastTrack = 9999;
