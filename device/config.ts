/** The validator's settings, from one YAML file; relative paths are relative to that file. */
import { isIPv6 } from 'node:net';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { lineName } from './policy-file.ts';
import { readYamlFile, section } from './yaml-file.ts';

const name = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,32}$/, 'must be 1 to 32 letters, digits, dots, dashes, underscores');
const path = z.string().min(1);
const port = z.int().min(1).max(65_535);
const baudRate = z.int().min(300).max(4_000_000).default(115_200);
const wire = z.string().refine(isWire, 'must be tcp://host:port or the path of a tty');

const tcpAddress = z.string().refine(isTcpAddress, 'must be tcp://host:port');
const httpAddress = z
  .string()
  .refine(isHttpAddress, 'must be http://host or https://host, with :port and /path as needed');

const vpcdReader = section({
  name,
  driver: z.literal('vpcd'),
  host: z.string().min(1).default('127.0.0.1'),
  port,
  apduTimeoutMs: z.int().min(10).max(5000).default(300),
});

const scanner = section({
  name,
  driver: z.literal('scanner'),
  path: wire,
  baudRate,
  encoding: z.enum(['auto', 'hex', 'base64']).default('auto'),
});

const camera = section({
  name,
  driver: z.literal('camera'),
  /** Frames as YUV4MPEG2: from an address, or a command's standard output. */
  source: z.union([tcpAddress, section({ command: z.array(z.string()).min(1) })], {
    error: 'must be tcp://host:port or {command: [program, argument, …]}',
  }),
  /** Out of view for this long, a code counts as presented anew. */
  goneAfterMs: z.int().min(100).max(10_000).default(1000),
  /** No whole frame for this long is a fault. */
  frameTimeoutMs: z.int().min(100).max(60_000).default(3000),
});

const terminalDisplay = section({
  name,
  driver: z.literal('terminal'),
  audience: z.enum(['passenger', 'crew']),
  path: z
    .string()
    .refine(
      text => text === 'stdout' || isWire(text),
      'must be stdout, tcp://host:port or the path of a tty',
    ),
});

const feed = section({
  url: httpAddress,
  /** The initial root metadata: whom to trust. */
  root: path,
  pollS: z.number().min(0.2).max(86_400).default(60),
  /** Left out for as fast as it goes. */
  bandwidthKiBps: z.int().min(4).optional(),
  /** Of silence. */
  timeoutMs: z.int().min(1000).max(120_000).default(10_000),
});

function isWire(text: string): boolean {
  return isTcpAddress(text) || /^\/\S+$/.test(text);
}

/** Without a query or a fragment: paths are put behind it. */
function isHttpAddress(text: string): boolean {
  if (!/^https?:\/\/[^\s/?#]/i.test(text) || !URL.canParse(text)) return false;
  const { search, hash } = new URL(text);
  return search === '' && hash === '';
}

/** tcp://host:port with a port that can be had; an IPv6 host stands in brackets. */
function isTcpAddress(text: string): boolean {
  const [, ipv6, digits] = /^tcp:\/\/(?:\[([^\]]+)\]|[^\s:/[\]]+):(\d{1,5})$/.exec(text) ?? [];
  const number = Number(digits);
  return number >= 1 && number <= 65_535 && (ipv6 === undefined || isIPv6(ipv6));
}

/** Checks across sections run even where a section has problems of its own, so that all are reported at once. */
const evenIfInvalid = { when: () => true };

function parts(config: unknown, ...sections: readonly string[]): unknown[] {
  const all = typeof config === 'object' && config !== null ? new Map(Object.entries(config)) : new Map();
  return sections.flatMap(key => (Array.isArray(all.get(key)) ? all.get(key) : []));
}

function hasReader(config: unknown): boolean {
  return parts(config, 'cardReaders', 'codeReaders').length > 0;
}

function repeatedNames(config: unknown): string[] {
  const names = parts(config, 'cardReaders', 'codeReaders', 'displays').map(part =>
    String(Object(part).name),
  );
  return [...new Set(names.filter((n, i) => names.indexOf(n) !== i))];
}

const schema = section({
  /** Names this validator in the journal and to the back office; unique in the fleet. */
  device: name,
  line: lineName,
  journal: path,
  /** The link cache's directory; the secret keys under which accounts become tokens. */
  links: section({ cache: path, fleetKeys: path }),
  /** Where the cache is kept up to date from; left out where it is delivered otherwise. */
  feed: feed.optional(),
  trust: path,
  policy: path.optional(),
  cardReaders: z
    .array(z.discriminatedUnion('driver', [vpcdReader]))
    .max(4)
    .default([]),
  codeReaders: z
    .array(z.discriminatedUnion('driver', [scanner, camera]))
    .max(4)
    .default([]),
  decoder: z.enum(['zxing', 'jsqr']).default('zxing'),
  displays: z
    .array(z.discriminatedUnion('driver', [terminalDisplay]))
    .max(4)
    .default([]),
  console: section({ path: wire, baudRate }).optional(),
  /** How long a notice stays before the display invites the next passenger. */
  noticeMs: z.int().min(200).max(30_000).default(2500),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
})
  .refine(hasReader, { ...evenIfInvalid, error: 'at least one of cardReaders and codeReaders is needed' })
  .refine(config => repeatedNames(config).length === 0, {
    ...evenIfInvalid,
    error: issue => `readers and displays share a name: ${repeatedNames(issue.input).join(', ')}`,
  });

export type Config = z.infer<typeof schema>;
export type FeedSettings = z.infer<typeof feed>;

/** @throws FileProblems with every problem, a line each */
export function readConfig(file: string): Config {
  const config = readYamlFile(file, schema);
  const from = (relative: string) => resolve(dirname(file), relative);
  return {
    ...config,
    journal: from(config.journal),
    links: { cache: from(config.links.cache), fleetKeys: from(config.links.fleetKeys) },
    ...(config.feed === undefined ? {} : { feed: { ...config.feed, root: from(config.feed.root) } }),
    trust: from(config.trust),
    ...(config.policy === undefined ? {} : { policy: from(config.policy) }),
  };
}
