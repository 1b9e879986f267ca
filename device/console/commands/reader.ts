/** `reader`: the card readers, every slot that is seen, and which one is used. */
import { z } from 'zod';
import { command } from '../command.ts';
import type { ConsoleContext } from '../context.ts';
import { columns } from '../format.ts';
import { type Language, wordsIn } from '../language.ts';

const slot = z.object({ name: z.string(), isUsed: z.boolean(), hasForgottenCard: z.boolean() });

const shape = z.object({
  name: z.string(),
  driver: z.string(),
  working: z.boolean(),
  problem: z.string().nullable(),
  /** Empty where the driver knows no choice. */
  slots: z.array(slot),
});

export const reader = command({
  name: 'reader',
  usage: '',
  example: 'reader',
  help: { en: 'the card readers, all slots seen, and which is used', zh: '读卡器、发现的全部卡槽及所用卡槽' },
  access: 'anyone',
  schema: z.object({ readers: z.array(shape), psam: shape.nullable() }),
  run({ config, parts, maintenance }) {
    const readers = config.cardReaders.map(({ name, driver }) => {
      const found = maintenance.devices.cardReaders.find(each => each.name === name);
      return { name, driver, ...stateOf(parts, 'card-reader', name), slots: [...(found?.slots?.() ?? [])] };
    });
    const { psam } = config;
    return {
      readers,
      psam: psam
        ? { name: psam.name, driver: psam.driver, ...stateOf(parts, 'psam', psam.name), slots: [] }
        : null,
    };
  },
  tell({ readers, psam }, language) {
    const say = wordsIn(language);
    const rows = [...readers, ...(psam === null ? [] : [psam])].flatMap(
      ({ name, driver, problem, working, slots }) => [
        [name, driver, working ? say('works', '正常') : say('FAULT', '故障'), problem ?? ''],
        ...slots.map(each => [
          '',
          '',
          each.isUsed ? say('used', '使用') : say('not used', '未用'),
          slotText(each, language),
        ]),
      ],
    );
    const signal = say('signal: readers on PC/SC do not tell its strength', '信号：PC/SC 读卡器不报告强度');
    if (rows.length === 0) return say('no card readers', '没有读卡器');
    return `${columns(rows)}\n${signal}`;
  },
});

export function stateOf(parts: ConsoleContext['parts'], kind: string, name: string) {
  const part = parts.list().find(each => each.kind === kind && each.name === name);
  return { working: part?.working === true, problem: part?.problem ?? null };
}

function slotText({ name, hasForgottenCard }: z.infer<typeof slot>, language: Language): string {
  return hasForgottenCard ? `${name} (${wordsIn(language)('a card is in it', '内有卡片')})` : name;
}
