/** `cache`: what the link cache holds, and how fresh that is. */
import { z } from 'zod';
import { dataProblem } from '../../core/data-age.ts';
import { command, Refusal } from '../command.ts';
import type { ConsoleContext } from '../context.ts';
import { count, instant, instantOf, milliseconds, timeText } from '../data.ts';
import { columns, duration } from '../format.ts';
import { type Language, wordsIn } from '../language.ts';

/** A negative age is of data from the future. */
const freshness = z.object({ at: instant, ageMs: milliseconds, limitMs: milliseconds });

const held = z.object({
  version: z.number(),
  links: count,
  persons: count,
  denied: count,
  fleetKey: z.string(),
  linksAsOf: freshness,
  statusAsOf: freshness,
});

const cacheShape = z.object({
  directory: z.string(),
  /** Why health codes cannot be checked with it; null where they can. */
  problem: z.string().nullable(),
  /** Null where it cannot be read. */
  holds: held.nullable(),
});
type CacheData = z.infer<typeof cacheShape>;

export const cache = command({
  name: 'cache',
  usage: '[verify]',
  example: 'cache verify',
  help: {
    en: 'the health-code links on this bus, and how fresh they are; verify: compares every row with what was announced',
    zh: '车上的健康码关联数据及其新旧；verify：逐行核对',
  },
  access: 'anyone',
  schema: cacheShape.extend({
    /** What a comparison of every row has found; null unless asked for. */
    verified: z.object({ generation: z.string(), damage: z.string().nullable() }).nullable(),
  }),
  words: () => ['verify'],
  async run(context, [word], { say }, signal) {
    if (word === undefined) return { ...describe(context), verified: null };
    if (word !== 'verify') return new Refusal('usage', 'cache, or cache verify', 'cache 或 cache verify');
    say('every row is compared; Ctrl-C ends that', '正在逐行核对；Ctrl-C 结束');
    const verified = await context.links.verify(signal);
    if (verified === undefined)
      return new Refusal('unavailable', 'no generation is in use', '没有在用的数据');
    const { generation, damage = null } = verified;
    return { ...describe(context), verified: { generation, damage } };
  },
  tell(data, language) {
    const say = wordsIn(language);
    const { verified } = data;
    if (verified === null) return holdsText(data, language);
    const { generation, damage } = verified;
    const found =
      damage === null
        ? say('whole: every row is as announced', '完整：每行与公布的一致')
        : say(`DAMAGED: ${damage}`, `已损坏：${damage}`);
    return `${holdsText(data, language)}\n${generation}: ${found}`;
  },
});

function describe({ links, policy, clock, config }: ConsoleContext): CacheData {
  const state = links.describe();
  const directory = config.links.cache;
  if (!state.usable) return { directory, problem: state.why, holds: null };
  const now = clock();
  const { linksMaxAgeS, statusMaxAgeS } = policy().freshness;
  const age = (at: number, limitS: number) => {
    return { at: instantOf(at), ageMs: now - at, limitMs: limitS * 1000 };
  };
  return {
    directory,
    problem: dataProblem(state, policy(), now) ?? null,
    holds: {
      version: state.version,
      links: state.links,
      persons: state.slots,
      denied: state.denied,
      fleetKey: state.keyId,
      linksAsOf: age(state.linksAsOf, linksMaxAgeS),
      statusAsOf: age(state.statusAsOf, statusMaxAgeS),
    },
  };
}

function holdsText({ directory, problem, holds }: CacheData, language: Language): string {
  const say = wordsIn(language);
  const unusable = say(`NOT USABLE: ${problem}`, `不可用：${problem}`);
  const first = [say('directory', '目录'), directory];
  if (holds === null) return columns([first, [say('state', '状态'), unusable]]);
  return columns([
    first,
    [say('version', '版本'), String(holds.version)],
    [say('links', '关联数'), String(holds.links)],
    [say('persons', '人数'), String(holds.persons)],
    [say('denied', '禁用数'), String(holds.denied)],
    [say('fleet key', '车队密钥'), holds.fleetKey],
    [say('state', '状态'), problem === null ? say('fresh', '最新') : unusable],
    [say('links as of', '关联截至'), ageText(holds.linksAsOf, language)],
    [say('status as of', '状态截至'), ageText(holds.statusAsOf, language)],
  ]);
}

function ageText({ at, ageMs, limitMs }: z.infer<typeof freshness>, language: Language): string {
  const say = wordsIn(language);
  const long = duration(Math.abs(ageMs), language);
  const old =
    ageMs < 0 ? say(`${long} ahead of the clock`, `比时钟快 ${long}`) : say(`${long} old`, `已过 ${long}`);
  const limit = duration(limitMs, language);
  return say(`${timeText(at)}, ${old}, limit ${limit}`, `${timeText(at)}，${old}，限 ${limit}`);
}
