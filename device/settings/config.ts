/** The validator's settings, from one YAML file; relative paths are relative to that file. */
import { lstatSync, readlinkSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { readYamlFile, section } from '../kit/yaml-file.ts';
import { schemas } from '../update/slot.ts';
import { busLink } from './bus-link.ts';
import { cardReader, psam } from './card-readers.ts';
import { codeReader } from './code-readers.ts';
import { consoleLine } from './console-line.ts';
import { crewKey } from './crew-keys.ts';
import { display } from './displays.ts';
import { doorContact } from './door-contact.ts';
import { metrics } from './metrics.ts';
import { speaker } from './speakers.ts';
import { leaveUnknownAside } from './unknown-keys.ts';
import { baudRate, brokerAddress, httpAddress, lineName, name, path, wire } from './values.ts';

const feed = section({
  url: httpAddress,
  /** The initial root metadata: whom to trust. */
  root: path,
  pollS: z.number().min(0.2).max(86_400).default(60),
  /** Left out for no limit. */
  bandwidthKiBps: z.int().min(4).optional(),
  /** A server that is silent for so long does not answer. */
  timeoutMs: z.int().min(1000).max(120_000).default(10_000),
});

const uplink = section({
  /** Of the broker, or of each node of a cluster. */
  url: z.union([brokerAddress, z.array(brokerAddress).min(1).max(8)]),
  /** This validator's signing key. */
  signing: path,
  /** The back office's public keys. */
  office: path,
  /** PEM files, for mqtts: whom to trust, and who this validator is. */
  ca: path.optional(),
  cert: path.optional(),
  key: path.optional(),
})
  .refine(({ cert, key }) => (cert === undefined) === (key === undefined), 'cert and key belong together')
  .refine(
    ({ url, ca, cert }) =>
      [url].flat().every(one => /^mqtts:/i.test(one)) || (ca === undefined && cert === undefined),
    'certificates are for mqtts://',
  );

const journalKeep = section({
  days: z.int().min(1).max(3650).default(7),
  mib: z.int().min(8).max(1_000_000).default(256),
});

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be HH:MM, in quotes');

const updates = section({
  /** Beijing's time; the window may go over midnight. */
  nightFrom: timeOfDay.default('02:00'),
  nightTo: timeOfDay.default('04:30'),
  /** So many minutes without a tap before. */
  idleMin: z.number().min(0).max(600).default(20),
  /** A new firmware that has not shown in this time that it works is given up. */
  confirmWithinS: z.number().min(1).max(3600).default(300),
});

const gnss = section({
  name: name.default('gnss'),
  path: wire,
  baudRate: baudRate.unwrap().default(9600),
  /** Nothing to be understood for this long is a fault; the default is for receivers that send once a second. */
  timeoutMs: z.int().min(500).max(60_000).default(1900),
});

/** Checks across sections run even if a section has problems of its own, so that all are reported at once. */
const evenIfInvalid = { when: () => true };

function parts(config: unknown, ...sections: readonly string[]): unknown[] {
  const all = typeof config === 'object' && config !== null ? new Map(Object.entries(config)) : new Map();
  return sections.flatMap(key => (Array.isArray(all.get(key)) ? all.get(key) : []));
}

function hasReader(config: unknown): boolean {
  return parts(config, 'cardReaders', 'codeReaders').length > 0;
}

function hasBusWhereShared(config: unknown): boolean {
  const { psam, busLink, bus } = Object(config);
  return (psam === undefined && busLink === undefined) || bus !== undefined;
}

function repeatedNames(config: unknown): string[] {
  const named = parts(config, 'cardReaders', 'codeReaders', 'displays', 'speakers', 'crewKeys');
  const names = named.map(part => String(Object(part).name));
  return [...new Set(names.filter((n, i) => names.indexOf(n) !== i && name.safeParse(n).success))];
}

/** Every key of a settings file; docs/formats/settings.md lists them. */
export const configSchema = section({
  /** Names this validator in the journal and to the back office; unique in the fleet. */
  device: name,
  line: lineName,
  journal: path,
  /** The back office's public keys, to seal it for where there is no uplink. */
  journalSeal: path.optional(),
  /** How long acknowledged rows stay in it, and how much room it may take. */
  journalKeep: journalKeep.default({ days: 7, mib: 256 }),
  /** The bus's own number, as cards and the back office know it; its validators share it. The device's name unless given, which will do where no card is debited. */
  bus: z
    .string()
    .regex(/^[\x21-\x7e]{1,8}$/, 'must be 1 to 8 printable ASCII characters')
    .optional(),
  /** The way to the other validators of the bus; left out, each knows of its own door alone. */
  busLink: busLink.optional(),
  /** What ride codes mean at this door: getting on, getting off, or whatever they have not done yet. */
  door: z.enum(['both', 'on', 'off']).default('both'),
  /** The link cache's directory; the secret keys under which accounts become tokens. */
  links: section({ cache: path, fleetKeys: path }),
  /** The feed that keeps the cache up to date; left out if the cache is delivered otherwise. */
  feed: feed.optional(),
  /** When new firmware from the feed takes over. */
  updates: updates.default(updates.parse({})),
  /** The way to the back office; left out, rows stay in the journal. */
  uplink: uplink.optional(),
  /** Whether something reliable keeps the system clock right; auto asks systemd-timesyncd. */
  clock: section({ system: z.enum(['auto', 'synchronised', 'unsynchronised']).default('auto') }).default({
    system: 'auto',
  }),
  trust: path,
  policy: path.optional(),
  cardReaders: z.array(cardReader).max(4).default([]),
  /** The PSAM; left out, cards are not debited: their fare is only written down. */
  psam: psam.optional(),
  /** A card that is not read after this long is unreadable; the next passenger waits. */
  cardTimeoutMs: z.int().min(100).max(60_000).default(700),
  codeReaders: z.array(codeReader).max(4).default([]),
  decoder: z.enum(['zxing', 'jsqr']).default('zxing'),
  displays: z.array(display).max(4).default([]),
  speakers: z.array(speaker).max(4).default([]),
  /** With which the crew confirms whom they have checked by hand. */
  crewKeys: z.array(crewKey).max(4).default([]),
  /** Where a monitoring system may read how the validator is; left out, nowhere. */
  metrics: metrics.optional(),
  console: consoleLine.optional(),
  /** Time and place; left out if there is no receiver. */
  gnss: gnss.optional(),
  /** Whether the door is open; left out if nothing tells. */
  doorContact: doorContact.optional(),
  /** How long a notice stays before the display invites the next passenger. */
  noticeMs: z.int().min(200).max(30_000).default(2500),
  /** After SIGTERM; what then still hangs does not keep the process any longer. */
  stopTimeoutMs: z.int().min(100).max(60_000).default(1500),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  /** Of these settings. In a file for the next firmware, keys that this one does not know are left aside. */
  schema: z
    .int()
    .min(1)
    .max(schemas.settings + 1)
    .default(schemas.settings),
})
  .refine(hasReader, { ...evenIfInvalid, error: 'at least one of cardReaders and codeReaders is needed' })
  .refine(hasBusWhereShared, {
    ...evenIfInvalid,
    path: ['bus'],
    error:
      'is required with a psam and with a busLink: a card tapped on at one door is tapped off at the other by it',
  })
  .refine(({ journalSeal, uplink }) => journalSeal === undefined || uplink === undefined, {
    path: ['journalSeal'],
    error: 'is for a validator without an uplink: uplink.office says it already',
  })
  .refine(config => repeatedNames(config).length === 0, {
    ...evenIfInvalid,
    error: issue =>
      `readers, displays, speakers and keys share a name: ${repeatedNames(issue.input).join(', ')}`,
  });

export type Config = z.infer<typeof configSchema>;
export interface ReadConfig extends Config {
  /** Keys of the next firmware's settings that this one does not know, as `section.key`. */
  readonly ignored?: readonly string[];
}
export type UplinkSettings = z.infer<typeof uplink>;
export type FeedSettings = z.infer<typeof feed>;

/** What others should not read: keys, and what people did. Paths. */
export function secretsOf({ links, journal, uplink, busLink }: Config): string[] {
  const given = [uplink?.signing, uplink?.key, busLink?.key].filter(path => path !== undefined);
  return [links.fleetKeys, links.cache, journal, ...given];
}

export function hasCrewKeys({ crewKeys, displays }: Config): boolean {
  return (
    crewKeys.length > 0 || displays.some(display => 'confirm' in display && display.confirm !== undefined)
  );
}

/** @throws FileProblems with every problem, a line each */
export function readConfig(file: string): ReadConfig {
  let ignored: readonly string[] = [];
  const ofNextToo = z.preprocess(given => {
    if (Object(given).schema !== schemas.settings + 1) return given;
    const known = leaveUnknownAside(configSchema, given);
    ignored = known.ignored;
    return known.value;
  }, configSchema);
  const config = readYamlFile(file, ofNextToo);
  const home = dirname(behindLinks(file));
  const from = (relative: string) => resolve(home, relative);
  return {
    ...config,
    ignored,
    journal: from(config.journal),
    ...(config.journalSeal === undefined ? {} : { journalSeal: from(config.journalSeal) }),
    links: { cache: from(config.links.cache), fleetKeys: from(config.links.fleetKeys) },
    ...(config.feed === undefined ? {} : { feed: { ...config.feed, root: from(config.feed.root) } }),
    ...(config.busLink === undefined
      ? {}
      : { busLink: { ...config.busLink, key: from(config.busLink.key) } }),
    ...(config.uplink === undefined ? {} : { uplink: filesFrom(config.uplink, from) }),
    speakers: config.speakers.map(each =>
      each.driver === 'alsa' ? { ...each, prompts: from(each.prompts) } : each,
    ),
    trust: from(config.trust),
    ...(config.policy === undefined ? {} : { policy: from(config.policy) }),
  };
}

/** A settings file that is a symbolic link is the file it leads to; a directory that is one on the way there keeps its name. */
function behindLinks(file: string): string {
  const isLink = lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink();
  return isLink ? behindLinks(resolve(dirname(file), readlinkSync(file))) : file;
}

function filesFrom(settings: UplinkSettings, from: (relative: string) => string): UplinkSettings {
  const { url, ...files } = settings;
  return {
    ...settings,
    ...Object.fromEntries(Object.entries(files).map(([name, file = '']) => [name, from(file)])),
  };
}
