/** The policy and the lines with their stops: the feed's targets beside the index. */
import { existsSync, readFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { pilotPolicy } from '../../device/core/policy.ts';
import { writeDurably } from '../../device/kit/durable-file.ts';
import { WrongUsage } from '../../device/kit/errors.ts';
import { FileProblems } from '../../device/kit/yaml-file.ts';
import { maxLinesBytes, type PublishedLine, readLinesYaml } from '../../device/settings/lines-file.ts';
import { checkPolicy, maxPolicyBytes, readPolicy } from '../../device/settings/policy-file.ts';
import { linesTarget, policyTarget } from '../feed/index-file.ts';
import type { FleetKey } from '../fleet-keys.ts';
import { readCrewCards, takenCrewCards, withCrewCards } from './crew-cards.ts';
import { feedPlaces } from './feed-places.ts';
import { readGtfsLines } from './gtfs/published-lines.ts';
import { writeTarget } from './signing/target-files.ts';

/** @throws FileProblems where validators could not use it */
export function checkLines(linesFile: string): void {
  checkLength(linesText([], readLinesYaml(linesFile)), linesFile, '');
}

function checkLength({ length }: Buffer, source: string, advice: string): void {
  if (length <= maxLinesBytes) return;
  const problem = `lines.json would be ${length} bytes long, at most ${maxLinesBytes} are read`;
  throw new FileProblems(`${source}: ${problem}${advice}`);
}

/** A GTFS feed whose lines are to be published. */
export interface GivenGtfs {
  /** A zip file or a folder. */
  readonly gtfs?: string | undefined;
  /** By their route_short_name; all unless given. */
  readonly gtfsLine?: readonly string[] | undefined;
}

/** @throws WrongUsage */
export function checkGivenGtfs({ gtfs, gtfsLine }: GivenGtfs): void {
  if (gtfs === undefined && gtfsLine !== undefined)
    throw new WrongUsage('--gtfs-line: names a line of the feed that --gtfs gives');
}

/**
 * Reads a GTFS feed, if there is one, into a file of lines that can be published.
 * @returns that file; undefined where no GTFS feed is given
 * @throws FileProblems
 */
export async function linesFileOf({ gtfs, gtfsLine = [] }: GivenGtfs, linesFile: string) {
  if (gtfs === undefined) return undefined;
  const text = linesText([], await readGtfsLines(gtfs, gtfsLine));
  checkLength(text, gtfs, '; --gtfs-line names the lines that have validators');
  writeDurably(linesFile, text);
  return linesFile;
}

/** From now on these lines are published. @throws FileProblems when they cannot be used */
export function takeLines(dir: string, linesFile: string): void {
  checkLines(linesFile);
  writeDurably(feedPlaces(dir).lines, readFileSync(linesFile));
}

/** @param ofPolicy the lines that the policy names: they come first */
function writtenLines(dir: string, ofPolicy: readonly string[]): Buffer {
  const { lines } = feedPlaces(dir);
  return linesText(ofPolicy, existsSync(lines) ? readLinesYaml(lines) : []);
}

function linesText(ofPolicy: readonly string[], given: readonly PublishedLine[]): Buffer {
  const givenLines = new Map(given.map(entry => [entry.line, entry]));
  const names = [...new Set([...ofPolicy, ...givenLines.keys()])];
  const lines = names.map(line => {
    const { stops = [], ways = [] } = givenLines.get(line) ?? {};
    return { line, ...(stops.length > 0 && { stops }), ...(ways.length > 0 && { ways }) };
  });
  return Buffer.from(`${JSON.stringify({ lines })}\n`);
}

/** From now on this policy is published. @throws FileProblems when it cannot be used */
export function takePolicy(dir: string, policyFile: string): void {
  readPolicy(policyFile);
  writeDurably(feedPlaces(dir).policy, readFileSync(policyFile));
}

interface GivenTexts {
  readonly policyFile?: string | undefined;
  readonly crewCardsFile?: string | undefined;
}

/**
 * The policy with the crew's cards, each as it is given now or was last taken. Nothing is taken by this.
 * @param key of the version
 * @throws FileProblems where validators could not use it, WrongUsage where the cards cannot be used
 */
export function publishedPolicy(
  dir: string,
  key: FleetKey,
  { policyFile, crewCardsFile }: GivenTexts,
): Buffer {
  const path = policyFile ?? feedPlaces(dir).policy;
  if (policyFile !== undefined) readPolicy(policyFile);
  const policy = existsSync(path) ? readFileSync(path, 'utf8') : pilotPolicyText();
  const cards = crewCardsFile === undefined ? takenCrewCards(dir) : readCrewCards(crewCardsFile);
  const text = withCrewCards(policy, cards, key);
  checkPolicy(text, path);
  const bytes = Buffer.from(text);
  if (bytes.length <= maxPolicyBytes) return bytes;
  throw new FileProblems(`${path}: with the crew's cards it would be longer than ${maxPolicyBytes} bytes`);
}

/** Writes both as they were last taken: the built-in policy where there has been none. @param published by `publishedPolicy` */
export function writePolicyAndLines(dir: string, published: Buffer) {
  const { policy } = feedPlaces(dir);
  if (!existsSync(policy)) writeDurably(policy, pilotPolicyText());
  const lines = writtenLines(dir, readPolicy(policy).lines);
  return {
    [policyTarget]: writeTarget(dir, policyTarget, published),
    [linesTarget]: writeTarget(dir, linesTarget, lines),
  };
}

function pilotPolicyText(): string {
  const { registrationFrom, trialFrom, enforcedFrom, ...rest } = pilotPolicy;
  const iso = (instant: number) => new Date(instant).toISOString();
  const dates = {
    registrationFrom: iso(registrationFrom),
    trialFrom: iso(trialFrom),
    enforcedFrom: iso(enforcedFrom),
  };
  return stringify({ ...rest, ...dates });
}
