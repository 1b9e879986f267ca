/** Where the crew confirms a passenger whose phone they have looked at: by key, touch, console or crew card. */
import type { Confirmation, ConfirmedBy } from '../core/check.ts';
import {
  afterTap,
  type Confirming,
  type CrewCheck,
  type CrewsTap,
  type CrewWindows,
  confirm,
  confirmationOf,
} from '../core/crew-check.ts';
import { confirmedNotice, notConfirmedScreen } from '../core/crew-notice.ts';
import type { Policy } from '../core/policy.ts';
import type { Log } from '../kit/log.ts';
import { type Clock, monotonic as sinceStart } from '../kit/time.ts';
import { createWorkBudget } from '../kit/work-budget.ts';
import type { NoticeBoard } from './notice-board.ts';

export interface CrewDesk {
  /** The crew's word on the passenger who was left to them last. It is shown and logged. */
  confirm(by: ConfirmedBy): Confirming;
  /** The same for what may be stuck or noisy: who presses without end is heard once a second. */
  press(by: 'key' | 'touch'): void;
  /** @param tokens of the medium, under every key. @param atMs on the monotonic clock */
  confirmationOf(tokens: readonly string[], atMs: number): Confirmation | undefined;
  afterTap(tap: CrewsTap): void;
  isCrewCard(tokens: readonly string[]): boolean;
  /** The crew has something to confirm with, besides the console. */
  hasKey(): boolean;
  /** Of the monotonic clock. */
  state(): CrewCheck;
}

export interface CrewDeskParts {
  /** The one in force. */
  readonly policy: () => Pick<Policy, 'crewCheck'>;
  readonly board: Pick<NoticeBoard, 'show' | 'showCrew'>;
  readonly log: Log;
  /** The settings name a key, or a display to touch. */
  readonly hasKeys: boolean;
  readonly monotonic?: Clock;
}

const pressesAtOnce = 5;
const pressesPerS = 1;
const floodEndsAfterMs = 5000;

export function createCrewDesk(parts: CrewDeskParts): CrewDesk {
  const { policy, board, log, hasKeys, monotonic = sinceStart } = parts;
  const budget = createWorkBudget(pressesAtOnce, pressesPerS);
  let state: CrewCheck = {};
  let droppedAt = Number.NEGATIVE_INFINITY;

  function windows(): CrewWindows {
    const { windowS, companionS } = policy().crewCheck;
    return { windowMs: windowS * 1000, companionMs: companionS * 1000 };
  }

  function show(confirming: Confirming): void {
    if (confirming.outcome !== 'confirmed') {
      board.showCrew(notConfirmedScreen(confirming));
      return;
    }
    const { presented, verdict } = confirming.tap;
    const occasion = { name: 'confirmed', medium: presented, reason: verdict } as const;
    board.show(confirmedNotice(confirming.tap, policy().crewCheck.windowS), occasion);
  }

  function confirmNow(by: ConfirmedBy): Confirming {
    const { after, confirming } = confirm(state, by, monotonic(), windows());
    state = after;
    show(confirming);
    const row = 'tap' in confirming ? { row: confirming.tap.row } : {};
    log.info('confirm', { by: meansOf(by), outcome: confirming.outcome, ...row });
    return confirming;
  }

  function tellDropped(by: string): void {
    if (monotonic() - droppedAt > floodEndsAfterMs) log.warn('presses-dropped', { by });
    droppedAt = monotonic();
  }

  return {
    confirm: confirmNow,
    press(by) {
      if (budget.take()) confirmNow(by);
      else tellDropped(by);
    },
    confirmationOf: (tokens, atMs) => confirmationOf(state, tokens, atMs, windows()),
    afterTap(tap) {
      state = afterTap(state, tap);
    },
    isCrewCard: tokens => tokens.some(token => policy().crewCheck.cards.includes(token)),
    hasKey: () => hasKeys || policy().crewCheck.cards.length > 0,
    state: () => state,
  };
}

/** A card is not told from another: whose it is stands in the journal. */
export function meansOf(by: ConfirmedBy): 'card' | 'key' | 'touch' | 'console' {
  return typeof by === 'string' ? by : 'card';
}
