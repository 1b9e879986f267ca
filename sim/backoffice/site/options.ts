/** How the registration site is set up where it is composed. */

export interface SiteOptions {
  /**
   * Reached by https, by a proxy too, which the server must then be told to trust (`trustProxy`): cookies are Secure and named
   * `__Host-…`. Without it a session lives on plain http, as on a machine of one's own.
   */
  readonly https: boolean;
  /** What session cookies are signed with, each of 32 characters or more: the first signs, all are taken. Made up unless given. */
  readonly secrets?: readonly string[];
  /** Who may show the site in a frame, as CSP sources; nobody unless given. */
  readonly frameAncestors?: readonly string[];
  /** Requests a minute from one address (an IPv6 /64); many phones of one network share one. */
  readonly requestsPerMinute?: number;
  /** The sessions that are remembered at most, about 1 KiB each; of more, the longest unused are forgotten. */
  readonly maxSessions?: number;
  /** What is behind must have answered by then; 10 s unless given. */
  readonly serviceTimeoutMs?: number;
  /** Hears of what failed; nothing of a person is in it. */
  readonly tell?: (event: string, fields: Readonly<Record<string, unknown>>) => void;
}
