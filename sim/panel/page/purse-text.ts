/** What is on a passenger's card, in the words of the page. */
import type { PurseNow } from '../../bus/purses.ts';
import { type Language, textIn } from './texts.ts';

export type OpenRide = NonNullable<PurseNow['ride']>;

const time = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Asia/Shanghai',
  dateStyle: 'short',
  timeStyle: 'medium',
});

/** Beijing's time. @param iso null for what is no time */
export function timeText(iso: string | null): string {
  return iso === null ? '-' : time.format(new Date(iso));
}

export function yuanText(fen: number): string {
  return `¥${(fen / 100).toFixed(2)}`;
}

export function rideText({ line, stop, at, mostFen }: OpenRide, language: Language): string {
  const filled = (name: 'onLine' | 'stopNumber', value: string) =>
    textIn(language, name).replace('{}', value);
  const where = stop === 0 ? textIn(language, 'stopUnknown') : filled('stopNumber', String(stop));
  const most = `${textIn(language, 'mostFare')} ${yuanText(mostFen)}`;
  const parts = [filled('onLine', line ?? '-'), where, timeText(at), most];
  return `${textIn(language, 'openRide')}${language === 'zh' ? '：' : ': '}${parts.join(' · ')}`;
}
