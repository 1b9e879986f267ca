/** The validator's settings, from one YAML file; relative paths are relative to that file. */
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { cardReader } from './card-readers.ts';
import { codeReader } from './code-readers.ts';
import { display } from './displays.ts';
import { gnss } from './gnss.ts';
import { lineName } from './policy-file.ts';
import { httpAddress, name, path, serialLine, wire } from './values.ts';
import { readYamlFile, section } from './yaml-file.ts';

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
  /** Whether the system clock is kept right by something that can be relied on; auto asks systemd-timesyncd. */
  clock: section({ system: z.enum(['auto', 'synchronised', 'unsynchronised']).default('auto') }).default({
    system: 'auto',
  }),
  trust: path,
  policy: path.optional(),
  cardReaders: z.array(cardReader).max(4).default([]),
  codeReaders: z.array(codeReader).max(4).default([]),
  decoder: z.enum(['zxing', 'jsqr']).default('zxing'),
  displays: z.array(display).max(4).default([]),
  console: section({ path: wire, ...serialLine }).optional(),
  /** Time and place; left out where there is no receiver. */
  gnss: gnss.optional(),
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
