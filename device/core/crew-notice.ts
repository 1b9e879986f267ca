/** What is shown when the crew has pressed their key, or shown their card. Screen texts are Chinese with English beneath. */
import type { Confirming, RememberedTap } from './crew-check.ts';
import type { Notice, Screen, Text } from './screen.ts';

export const checkedByHand: Text = { zh: '已人工查验', en: 'Checked by hand' };

/** Whoever got on last pays for another passenger. */
const companion: Text = { zh: '代同行人付费', en: 'Pays for a companion' };

const tapAgain: Record<RememberedTap['presented'], Text> = {
  card: { zh: '请再次刷卡', en: 'Please tap again' },
  code: { zh: '请再次扫码', en: 'Please scan again' },
};

/** @param windowS for how long the passenger's next tap rides */
export function confirmedNotice({ presented }: RememberedTap, windowS: number): Notice {
  const signal = { light: 'amber', tone: 'short' } as const;
  const headline = tapAgain[presented];
  return {
    passenger: { ...signal, headline, details: [] },
    crew: { ...signal, headline: checkedByHand, details: [whatIsNext(presented), validFor(windowS)] },
  };
}

/** For the crew alone: the passengers' screen has something else to say. */
export function notConfirmedScreen(confirming: Exclude<Confirming, { outcome: 'confirmed' }>): Screen {
  const signal = { light: 'amber', tone: 'short' } as const;
  if (confirming.outcome === 'already') {
    return { ...signal, headline: checkedByHand, details: [whatIsNext(confirming.tap.presented)] };
  }
  if (confirming.outcome === 'companion') {
    return { ...signal, headline: companion, details: [whatIsNext(confirming.tap.presented)] };
  }
  const headline: Text = { zh: '没有待确认的乘客', en: 'Nobody to confirm' };
  const first: Text = { zh: '请乘客先刷卡或扫码', en: 'The passenger taps first' };
  return { ...signal, headline, details: [first] };
}

function whatIsNext(presented: RememberedTap['presented']): Text {
  const { zh } = tapAgain[presented];
  const verb = presented === 'card' ? 'taps' : 'scans';
  return { zh: `请乘客${zh.slice(1)}`, en: `The passenger ${verb} again` };
}

function validFor(windowS: number): Text {
  return { zh: `${windowS} 秒内有效`, en: `Good for ${windowS} s` };
}
