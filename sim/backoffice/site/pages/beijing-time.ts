/** Instants in words, in Beijing's time whatever the machine's zone. */
import type { Lang } from '../language.ts';

/** Made once: making one takes longer than making the page. */
const formats = { zh: formatWith('numeric'), en: formatWith('long') };

/** @param at Unix milliseconds */
export function beijingTime(lang: Lang, at: number): string {
  const parts = formats[lang].formatToParts(at);
  const of = (type: string) => parts.find(part => part.type === type)?.value ?? '';
  const time = `${of('hour')}:${of('minute')}`;
  return lang === 'zh'
    ? `${of('year')} 年 ${Number(of('month'))} 月 ${Number(of('day'))} 日 ${time}`
    : `${of('day')} ${of('month')} ${of('year')}, ${time}`;
}

function formatWith(month: 'numeric' | 'long') {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone: 'Asia/Shanghai',
    year: 'numeric',
    month,
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
}
