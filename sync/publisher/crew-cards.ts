/**
 * The crew's cards. The publisher is given them by their accounts, as a table with the header `medium,account`, and keeps it among its
 * private files. In the feed they are tokens in the policy, `crewCheck.cards`, under the key of the version: so a new epoch needs
 * nobody's hand.
 */
import { existsSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { toHex } from '../../device/core/bytes.ts';
import type { MediumKind } from '../../device/core/medium.ts';
import { maxCrewCards } from '../../device/core/policy.ts';
import { writeDurably } from '../../device/kit/durable-file.ts';
import { readInputText } from '../../device/kit/input-file.ts';
import { type FleetKey, tokenOf } from '../fleet-keys.ts';
import { feedPlaces } from './feed-places.ts';
import {
  accountColumns,
  accountForm,
  isAccount,
  lostCells,
  mediumFields,
  watchRounded,
} from './table/account.ts';
import { parseTable } from './table/read-table.ts';

export interface CrewCard {
  readonly medium: MediumKind;
  readonly account: string;
}

const maxTableBytes = 1 << 20;

const row = z
  .strictObject(mediumFields)
  .refine(card => isAccount(card.medium, card.account), { path: ['account'], message: accountForm });

/** @throws WrongUsage naming the lines that cannot be used */
export function readCrewCards(file: string): readonly CrewCard[] {
  const cards: CrewCard[] = [];
  const accounts = watchRounded('account');
  parseTable(
    readInputText(file, maxTableBytes),
    accountColumns,
    ([medium = '', account = '']) => {
      const lost = lostCells({ account });
      if (lost.length > 0) return lost;
      const { data, error } = row.safeParse({ medium, account });
      if (data === undefined) return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
      accounts.see(data.account);
      cards.push(data);
      return cards.length > maxCrewCards ? [`is one card more than ${maxCrewCards}`] : [];
    },
    { judge: accounts.problem, name: file },
  );
  return cards;
}

/** From now on these confirm; of an empty table, none. @throws WrongUsage when they cannot be used */
export function takeCrewCards(dir: string, file: string): void {
  const lines = readCrewCards(file).map(({ medium, account }) => `${medium},${account}`);
  writeDurably(feedPlaces(dir).crewCards, `${['medium,account', ...lines].join('\n')}\n`, 0o600);
}

/** Those last given. */
export function takenCrewCards(dir: string): readonly CrewCard[] {
  const { crewCards } = feedPlaces(dir);
  return existsSync(crewCards) ? readCrewCards(crewCards) : [];
}

/** The policy as it is published: with these cards, after those it names by itself. */
export function withCrewCards(policy: string, cards: readonly CrewCard[], key: FleetKey): string {
  if (cards.length === 0) return policy;
  const tokens = cards.map(({ medium, account }) => toHex(tokenOf(key, medium, account)));
  const document = parseDocument(policy);
  const own: unknown = document.toJS()?.crewCheck?.cards;
  const all = [...(Array.isArray(own) ? own.map(String) : []), ...tokens];
  document.setIn(['crewCheck', 'cards'], document.createNode([...new Set(all)]));
  return document.toString();
}
