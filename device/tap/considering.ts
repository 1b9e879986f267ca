/** What a presented medium is to this validator: whose it is, whether its ride is open, and what is decided. */
import { toHex } from '../core/bytes.ts';
import { type Decision, decide, type LinkLookup, type Seen } from '../core/check.ts';
import type { CheckStep, Medium, TakenMedium } from '../core/medium.ts';
import type { Policy } from '../core/policy.ts';
import type { Presentation, SeenMedia } from '../core/seen.ts';
import type { RideState } from '../core/transit-card/ride-record.ts';
import type { LinkStore } from '../data-ports.ts';
import type { JournalEntry } from '../journal/journal-row.ts';
import type { CodeRides } from './code-rides.ts';
import type { CrewDesk } from './crew-desk.ts';
import { type Place, stepOf } from './ride-of.ts';

/** A medium that has been read and checked, before its link is looked up. */
export interface CheckedMedium {
  readonly reader: string;
  /** On the monotonic clock. */
  readonly startedAt: number;
  /** Unix milliseconds */
  readonly now: number;
  readonly timeKnown: boolean;
  /** Where it was presented: the bus may go on before all is done. */
  readonly place: Place;
  readonly checked: Medium & { readonly steps: readonly CheckStep[] };
  readonly codeDigest: Uint8Array | undefined;
}

/** As whom the validator knows a medium; without a token what it does not take. */
export interface Known {
  readonly medium: TakenMedium | undefined;
  readonly token: Uint8Array | undefined;
  readonly ride: Presentation | undefined;
  /** Under every key, the one in use first. */
  readonly tokens: readonly string[];
  /** What the memory of rides has in the place of its tokens. */
  readonly names: readonly string[];
  readonly tokenBytes: readonly Uint8Array[];
}

/** What was decided, and what it was decided by. */
export interface Considered {
  readonly found: LinkLookup | undefined;
  readonly seen: Seen;
  readonly decision: Decision;
}

export interface ConsideringParts {
  /** The one in force. */
  readonly policy: () => Policy;
  readonly links: Pick<LinkStore, 'tokenOf' | 'otherTokensOf' | 'find'>;
  readonly seenMedia: Pick<SeenMedia, 'recall'>;
  readonly codeRides: Pick<CodeRides, 'openOf'>;
  readonly crew: Pick<CrewDesk, 'confirmationOf'>;
  /** What memory and small tables know a token by, or a code's digest; both in hex. */
  readonly nameOf: (known: string) => string;
}

export interface Considering {
  identify(presented: CheckedMedium): Known;
  /** @param card what it says of its ride, where it keeps one */
  consider(presented: CheckedMedium, known: Known, card: RideState | undefined): Considered;
  /** The row of the tap. */
  entryOf(presented: CheckedMedium, known: Known, decision: Decision): JournalEntry;
}

export function createConsidering({
  policy,
  links,
  seenMedia,
  codeRides,
  crew,
  nameOf,
}: ConsideringParts): Considering {
  function identify({ checked, codeDigest, now, startedAt }: CheckedMedium): Known {
    if (!checked.accepted)
      return { medium: undefined, token: undefined, ride: undefined, tokens: [], names: [], tokenBytes: [] };
    const { medium } = checked;
    const token = links.tokenOf(medium.kind, medium.account);
    const others = links.otherTokensOf(medium.kind, medium.account);
    const tokenBytes = [token, ...others];
    const tokens = tokenBytes.map(toHex);
    const [name = '', ...otherNames] = tokens.map(nameOf);
    const ride = {
      token: name,
      otherTokens: otherNames,
      codeDigest: codeDigest && nameOf(toHex(codeDigest)),
      at: now,
      monotonicMs: startedAt,
    };
    return { medium, token, ride, tokens, names: [name, ...otherNames], tokenBytes };
  }

  function consider(presented: CheckedMedium, known: Known, card: RideState | undefined): Considered {
    const { checked, now, timeKnown, startedAt, place } = presented;
    const { medium, token, ride, tokens, names } = known;
    const found = token && links.find(token);
    const link = found ?? { unavailable: 'nothing to look up' };
    const seen = ride ? seenMedia.recall(ride) : 'new';
    const confirmation = crew.confirmationOf(tokens, startedAt);
    const codeRide = medium?.kind === 'ride-code' ? codeRides.openOf(names) : undefined;
    const step = medium && stepOf(medium, place, policy(), { card, codeRide, confirmation });
    const situation = { medium: checked, seen, confirmation, link, policy: policy(), now, timeKnown };
    return { found, seen, decision: decide({ ...situation, line: place.line, step }) };
  }

  function entryOf(presented: CheckedMedium, { medium, token }: Known, decision: Decision): JournalEntry {
    const { now: at, timeKnown, reader, codeDigest, place } = presented;
    const cardKind = medium?.kind === 'ride-code' ? undefined : medium?.cardKind;
    const { line, bus, stop } = place;
    return {
      at,
      reader,
      line,
      bus,
      stop: stop?.id,
      kind: medium?.kind,
      cardKind,
      token,
      codeDigest,
      decision,
      isClockUnknown: !timeKnown,
    };
  }

  return { identify, consider, entryOf };
}
