/** What passenger and crew read of the fare and the purse. */
import type { Decision } from './check.ts';
import type { TakenMedium } from './medium.ts';
import type { Text } from './screen.ts';

/** A purse after it has paid; in fen. */
export interface PurseAfter {
  readonly balanceFen: number;
  /** What it could not pay at getting off. */
  readonly shortFen: number;
}

const lowBalanceFen = 1000;

/** @param purse undefined where the card has not paid: what is due is said all the same */
export function fareDetails(decision: Decision, medium: TakenMedium, purse?: PurseAfter): Text[] {
  if (decision.confirmation?.isPaid || decision.isPaidBefore)
    return [{ zh: '车费已付', en: 'Fare already paid' }];
  const { ride, fareFen } = decision;
  const owedFen = ride !== undefined && 'owedFen' in ride ? ride.owedFen : 0;
  const details = ride?.step === 'on' ? [tapOff(medium)] : codeFare(decision, medium);
  if (owedFen > 0) details.push(amount('上次未下车刷卡', 'Last ride without tap-off', owedFen));
  if (purse !== undefined) return [...details, ...purseDetails(purse)];
  const { balanceFen } = medium;
  return balanceFen !== undefined && fareFen > 0 && balanceFen < lowBalanceFen
    ? [...details, topUp(balanceFen)]
    : details;
}

/** What a code pays for a ride by distance, the back office says afterwards. */
function codeFare({ ride, fareFen }: Decision, { kind }: TakenMedium): Text[] {
  if (ride?.step === 'off' && kind === 'ride-code') return [{ zh: '车费稍后扣除', en: 'Fare charged later' }];
  const ownFen = ride?.step === 'single' ? ride.fareFen : fareFen;
  return [amount('票价', 'Fare', ownFen)];
}

function tapOff({ kind }: TakenMedium): Text {
  return kind === 'ride-code'
    ? { zh: '下车请扫码', en: 'Scan again when you get off' }
    : { zh: '下车请刷卡', en: 'Tap again when you get off' };
}

function purseDetails({ balanceFen, shortFen }: PurseAfter): Text[] {
  if (shortFen > 0) {
    return [
      { zh: '余额不足 请投币', en: 'Balance too low: pay in cash' },
      amount('还差', 'Still due', shortFen),
    ];
  }
  return [balanceFen < lowBalanceFen ? topUp(balanceFen) : amount('余额', 'Balance', balanceFen)];
}

function topUp(balanceFen: number): Text {
  const { zh, en } = amount('余额', 'Balance', balanceFen);
  return { zh: `${zh} 请及时充值`, en: `${en}, please top up` };
}

function amount(zh: string, en: string, fen: number): Text {
  const yuan = (fen / 100).toFixed(2);
  return { zh: `${zh} ${yuan} 元`, en: `${en} ${yuan} yuan` };
}
