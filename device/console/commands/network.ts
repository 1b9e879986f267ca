/** `network`: interfaces, routes, name servers, and whether feed and back office can be reached, each within a limit. */
import { z } from 'zod';
import { defaultRoutes, interfaces, nameServers, reach } from '../../network/network.ts';
import { command } from '../command.ts';
import { milliseconds } from '../data.ts';
import { columns } from '../format.ts';
import { type Language, wordsIn } from '../language.ts';

const reachMs = 5000;

const farEnd = z.object({
  what: z.string(),
  host: z.string(),
  port: z.int(),
  reached: z.boolean(),
  /** The address that answered, or why none did. */
  detail: z.string(),
  tookMs: milliseconds,
});

export const network = command({
  name: 'network',
  usage: '',
  example: 'network',
  help: {
    en: 'interfaces, addresses, route, name servers; whether feed and back office are reached',
    zh: '网卡、地址、路由、域名服务器；数据源和后台能否连通',
  },
  access: 'technician',
  schema: z.object({
    interfaces: z.array(z.object({ name: z.string(), addresses: z.array(z.string()) })),
    routes: z.array(z.object({ interface: z.string(), gateway: z.string() })),
    nameServers: z.array(z.string()),
    farEnds: z.array(farEnd),
  }),
  async run({ maintenance }, _args, { say }, signal) {
    const { farEnds } = maintenance;
    if (farEnds.length > 0) say(`asking for ${reachMs / 1000} s at most`, `最多等待 ${reachMs / 1000} 秒`);
    const [routes, servers, reached] = await Promise.all([
      defaultRoutes(),
      nameServers(),
      Promise.all(farEnds.map(end => reach(end, reachMs, signal))),
    ]);
    const own = interfaces().map(({ name, addresses }) => ({ name, addresses: [...addresses] }));
    return { interfaces: own, routes, nameServers: servers, farEnds: reached };
  },
  tell({ interfaces, routes, nameServers, farEnds }, language) {
    const say = wordsIn(language);
    const none = say('none', '无');
    return columns([
      ...orNone(
        interfaces.map(({ name, addresses }) => `${name} ${addresses.join(' ')}`),
        none,
      ).map(text => [say('interface', '网卡'), text]),
      ...orNone(
        routes.map(route => `${route.interface}: ${route.gateway}`),
        none,
      ).map(text => [say('route', '默认路由'), text]),
      [say('name servers', '域名服务器'), nameServers.length === 0 ? none : nameServers.join(' ')],
      ...farEnds.map(end => [end.what, farEndText(end, language)]),
      ...(farEnds.length === 0 ? [[say('far ends', '对端'), say('none configured', '未设置')]] : []),
    ]);
  },
});

function farEndText(
  { host, port, reached, detail, tookMs }: z.infer<typeof farEnd>,
  language: Language,
): string {
  const say = wordsIn(language);
  const where = `${host}:${port}`;
  return reached
    ? say(`${where} reached at ${detail} in ${tookMs} ms`, `${where} 已连通（${detail}，${tookMs} 毫秒）`)
    : say(`${where} NOT REACHED: ${detail}`, `${where} 未连通：${detail}`);
}

function orNone(texts: readonly string[], none: string): readonly string[] {
  return texts.length === 0 ? [none] : texts;
}
