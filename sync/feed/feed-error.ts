/** What is wrong with something a feed delivered; the message names the thing and the place. */
export class FeedError extends Error {
  override readonly name = 'FeedError';
}
