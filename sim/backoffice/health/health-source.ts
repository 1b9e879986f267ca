/** The health-code source as the back office asks it: the city's own service, and the only one whose data counts. */
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
   * Asks for several people at once. To ask for nobody is no error: it tells whether the source answers.
   * @returns answers in any order, perhaps none for some people and several for others
   * @throws when the source does not answer, or `signal` is aborted
   */
  ask(people: readonly Identity[], signal: AbortSignal): Promise<readonly HealthAnswer[]>;
  /** Calls the listener with a person whose code has changed, to be asked for at once. @returns stops it */
  onChange(listener: (who: Identity) => void): () => void;
}
