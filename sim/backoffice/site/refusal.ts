/** An answer of the site that is no page of its own, as an error that the error page is made from. */

export interface Refusal extends Error {
  readonly statusCode: number;
  readonly retryAfterS?: number;
}

export function refusal(statusCode: number, retryAfterS?: number): Refusal {
  const error = new Error(`refused: ${statusCode}`);
  return Object.assign(error, { statusCode }, retryAfterS === undefined ? {} : { retryAfterS });
}
