/** The health-code source, as the back office asks it: the city's own service, which nobody else's data may come from. */
import type { Status } from '../../../device/core/check.ts';
import type { Identity } from '../store/vault.ts';

export interface HealthAnswer {
  readonly who: Identity;
  readonly status: Status;
  /** The moment this was so, by the source's clock; Unix milliseconds. */
  readonly at: number;
  /** How old the last nucleic-acid test is; undefined where the source does not say. */
  readonly testAgeH?: number | undefined;
}

export interface HealthSource {
  /**
   * Asks for some people at once. Nobody is no error: it tells whether the source answers.
   * @returns in any order; of some perhaps nothing, of others more than one
   * @throws when the source does not answer, or `signal` is aborted
   */
  ask(people: readonly Identity[], signal: AbortSignal): Promise<readonly HealthAnswer[]>;
  /** A hint that somebody's code is another one: to be asked for at once. @returns how to listen no longer */
  onChange(listener: (who: Identity) => void): () => void;
}
