/** `line`: which line this validator serves, and what is known of it. */
import { z } from 'zod';
import { phaseAt } from '../../core/policy.ts';
import { command } from '../command.ts';
import { count } from '../data.ts';
import { columns } from '../format.ts';
import { wordsIn } from '../language.ts';

export const line = command({
  name: 'line',
  usage: '',
  example: 'line',
  help: {
    en: 'the line, its stops, and whether health codes are checked on it',
    zh: '线路、站点数，及是否核验健康码',
  },
  access: 'anyone',
  schema: z.object({
    line: z.string(),
    bus: z.string().nullable(),
    checksHealthCodes: z.boolean(),
    phase: z.string(),
    stops: count,
    towards: z.string().nullable(),
    /** Whether the fare hangs on the distance; otherwise it is paid at boarding. */
    byDistance: z.boolean(),
  }),
  run({ config, policy, clock, whereabouts, route }) {
    const { lines } = policy();
    const { stops, towards } = whereabouts.way();
    return {
      line: config.line,
      bus: config.bus ?? null,
      checksHealthCodes: lines.includes(config.line),
      phase: phaseAt(policy(), clock()),
      stops: stops.length,
      towards: towards?.name.zh ?? null,
      byDistance: route() !== undefined,
    };
  },
  tell({ line, bus, checksHealthCodes, phase, stops, towards, byDistance }, language) {
    const say = wordsIn(language);
    const unknown = say('not known', '未知');
    return columns([
      [say('line', '线路'), line],
      [say('bus', '车号'), bus ?? say('not set', '未设置')],
      [
        say('health codes', '健康码'),
        checksHealthCodes ? say('checked', '核验') : say('not checked', '不核验'),
      ],
      [say('phase', '阶段'), phase],
      [say('stops', '站点'), stops === 0 ? say('none yet from the feed', '数据源尚未送来') : String(stops)],
      [say('towards', '开往'), towards ?? unknown],
      [
        say('fare', '票价'),
        byDistance ? say('by distance', '按里程') : say('paid at boarding', '上车一次付清'),
      ],
    ]);
  },
});
