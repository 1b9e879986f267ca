/** What the monkey stops for: the project did something else than the oracle or an invariant says. */
export interface Disagreement {
  /** What kind of disagreement it is: shrinking looks for the same kind only. */
  readonly kind: string;
  readonly expected: string;
  readonly got: string;
  /** What a scenario's step would expect; only where a step alone can be held to it. */
  readonly expect?: Readonly<Record<string, string>>;
  /** The command that the expectation belongs to. */
  readonly command?: string;
}

export class Disagreed extends Error {
  readonly disagreement: Disagreement;

  constructor(disagreement: Disagreement) {
    super(`${disagreement.kind}: expected ${disagreement.expected}, got ${disagreement.got}`);
    this.disagreement = disagreement;
  }
}
