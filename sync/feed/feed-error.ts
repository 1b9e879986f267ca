/** Something that a feed delivered is wrong; the message names it, and the place in it. */
export class FeedError extends Error {
  override readonly name = 'FeedError';
}
