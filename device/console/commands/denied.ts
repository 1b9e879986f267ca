/** `denied`: the list of media that are not taken, as this validator has it. */
import { z } from 'zod';
import { command, Refusal } from '../command.ts';
import { count, instant, instantOf, timeText } from '../data.ts';
import { columns } from '../format.ts';
import { wordsIn } from '../language.ts';

export const denied = command({
  name: 'denied',
  usage: '',
  example: 'denied',
  help: {
    en: 'the list of denied media: how many, as of when, met lately',
    zh: '禁用名单：数量、截止时间、近期命中',
  },
  access: 'anyone',
  schema: z.object({
    media: count,
    /** Of the feed. */
    version: z.int(),
    asOf: instant,
    /** Of the last ten taps. */
    metLately: count,
  }),
  run({ links, maintenance }) {
    const state = links.describe();
    if (!state.usable) return new Refusal('unavailable', `no list: ${state.why}`, `没有名单：${state.why}`);
    const met = maintenance.newestTaps.list().filter(({ reason }) => reason === 'denied').length;
    return { media: state.denied, version: state.version, asOf: instantOf(state.linksAsOf), metLately: met };
  },
  tell({ media, version, asOf, metLately }, language) {
    const say = wordsIn(language);
    return columns([
      [say('denied media', '禁用介质'), String(media)],
      [say('version', '版本'), String(version)],
      [say('as of', '截至'), timeText(asOf)],
      [say('met lately', '近期命中'), say(`${metLately} of the last ten taps`, `最近十次中 ${metLately} 次`)],
    ]);
  },
});
