/** The settings of a bundle: what is attached, as the validator or the operator says, and the rest as the back office does. */
import { stringify } from 'yaml';
import { Refused } from '../../../device/kit/errors.ts';
import { parseYaml } from '../../../device/kit/located-yaml.ts';
import { checkYaml } from '../../../device/kit/yaml-file.ts';
import { outside } from '../../../device/provisioning/places.ts';
import { type Config, configSchema } from '../../../device/settings/config.ts';
import type { BundleFile } from '../../../sync/bundle/content.ts';

export interface IssuedParts {
  readonly device: string;
  readonly feedUrl: string | undefined;
  /** Of the broker, or of each node of a cluster. */
  readonly brokers: readonly string[];
  readonly hasAuthority: boolean;
  readonly hasCertificate: boolean;
  readonly hasPolicy: boolean;
}

/** In a bundle all files lie beside the settings. */
const beside = <T extends BundleFile>(name: T): T => name;

/**
 * @param text YAML of the settings as they are
 * @param from where they come from, for what is wrong with them
 * @throws FileProblems, Refused
 */
export function issuedSettings(
  text: string,
  from: string,
  parts: IssuedParts,
): { text: string; config: Config } {
  const before: Given = parseOrRefuse(text, from);
  const issued = { ...before, ...officeKeys(before, parts) };
  const given = Object.fromEntries(Object.entries(issued).filter(([, value]) => value !== undefined));
  const settings = stringify(given);
  return { text: settings, config: checkYaml(settings, from, configSchema) };
}

interface Given {
  readonly feed?: object;
  readonly busLink?: object;
}

function officeKeys({ feed, busLink }: Given, parts: IssuedParts) {
  const { device, feedUrl, brokers, hasAuthority, hasCertificate, hasPolicy } = parts;
  const hasUplink = brokers.length > 0;
  return {
    device,
    journal: outside.journal,
    journalSeal: hasUplink ? undefined : beside('office.json'),
    links: { cache: outside.cache, fleetKeys: outside.deviceKey },
    feed: feedUrl === undefined ? undefined : { ...feed, url: feedUrl, root: beside('root.json') },
    uplink: hasUplink
      ? {
          url: brokers.length === 1 ? brokers[0] : brokers,
          signing: outside.uplinkKey,
          office: beside('office.json'),
          ...(hasAuthority && { ca: beside('broker-ca.pem') }),
          ...(hasCertificate && { cert: beside('client.pem'), key: beside('client-key.pem') }),
        }
      : undefined,
    ...(busLink !== undefined && { busLink: { ...busLink, key: beside('bus-key.json') } }),
    trust: beside('trust.json'),
    policy: hasPolicy ? beside('policy.yaml') : undefined,
  };
}

function parseOrRefuse(text: string, from: string): object {
  const { value, problems } = parseYaml(text);
  if (problems.length > 0 || typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Refused(
      `${from}: no settings in YAML${problems[0] === undefined ? '' : `: ${problems[0].message}`}`,
    );
  return value;
}
