/** Instants in words, in Beijing's time whatever the machine's zone. */
import { beijingTime } from '../../../../device/core/beijing-time.ts';
import type { Lang } from '../language.ts';

const months = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
];

/** To the minute. @param at Unix milliseconds */
export function timeInWords(lang: Lang, at: number): string {
  const [date = '', time = ''] = beijingTime(at).split(' ');
  const [year, month, day] = date.split('-').map(Number);
  const minute = time.slice(0, 5);
  return lang === 'zh'
    ? `${year} 年 ${month} 月 ${day} 日 ${minute}`
    : `${day} ${months[Number(month) - 1]} ${year}, ${minute}`;
}
