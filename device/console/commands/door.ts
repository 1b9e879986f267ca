/** `door`: what taps mean at this door, whether it is open, and whether the bus's other validators are heard. */
import { z } from 'zod';
import { command } from '../command.ts';
import { columns } from '../format.ts';
import { wordsIn } from '../language.ts';

const others = z.object({ name: z.string(), working: z.boolean(), problem: z.string().nullable() });

export const door = command({
  name: 'door',
  usage: '',
  example: 'door',
  help: {
    en: 'this door: open or closed, on or off, and the other doors',
    zh: '车门开关、上下车设置，及其他车门',
  },
  access: 'anyone',
  schema: z.object({
    /** What a ride code means here. */
    takes: z.enum(['both', 'on', 'off']),
    hasContact: z.boolean(),
    /** Null where nothing tells. */
    state: z.enum(['open', 'closed']).nullable(),
    contactProblem: z.string().nullable(),
    hasBusLink: z.boolean(),
    others: z.array(others),
  }),
  run({ config, whereabouts, parts }) {
    const all = parts.list();
    const contact = all.find(({ kind }) => kind === 'door-contact');
    return {
      takes: config.door,
      hasContact: config.doorContact !== undefined,
      state: whereabouts.way().doors ?? null,
      contactProblem: contact?.problem ?? null,
      hasBusLink: config.busLink !== undefined,
      others: all
        .filter(({ kind }) => kind === 'bus-link')
        .map(({ name, working, problem = null }) => ({ name, working, problem })),
    };
  },
  tell({ takes, hasContact, state, contactProblem, hasBusLink, others }, language) {
    const say = wordsIn(language);
    const taken = { both: say('on and off', '上车和下车'), on: say('on', '上车'), off: say('off', '下车') }[
      takes
    ];
    const states = { open: say('open', '开'), closed: say('closed', '关') };
    const known = state === null ? say('not known', '未知') : states[state];
    const contact = hasContact ? (contactProblem ?? known) : say('no contact', '没有触点');
    return columns([
      [say('taps here', '本门刷卡'), taken],
      [say('door', '车门'), contact],
      ...(hasBusLink ? [] : [[say('other doors', '其他车门'), say('not configured', '未设置')]]),
      ...others.map(({ name, working, problem }) => [
        say('other door', '其他车门'),
        `${name}: ${working ? say('works', '正常') : (problem ?? say('FAULT', '故障'))}`,
      ]),
    ]);
  },
});
