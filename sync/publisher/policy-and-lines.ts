/** The policy and the lines with their stops: the feed's targets beside the index. */
import { existsSync, readFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { pilotPolicy } from '../../device/core/policy.ts';
import { FileProblems } from '../../device/kit/yaml-file.ts';
import { maxLinesBytes, type PublishedLine, readLinesYaml } from '../../device/settings/lines-file.ts';
import { readPolicy } from '../../device/settings/policy-file.ts';
import { writeDurably } from '../durable-file.ts';
import { linesTarget, policyTarget } from '../feed/index-file.ts';
import { feedPlaces } from './feed-places.ts';
import { writeTarget } from './signing/target-files.ts';

/** @throws FileProblems where validators could not use it */
export function checkLines(linesFile: string): void {
  if (linesText([], readLinesYaml(linesFile)).length > maxLinesBytes) {
    throw new FileProblems(`${linesFile}: lines.json would be longer than ${maxLinesBytes} bytes`);
  }
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
  const stopsOf = new Map(given.map(({ line, stops }) => [line, stops]));
  const names = [...new Set([...ofPolicy, ...stopsOf.keys()])];
  const lines = names.map(line => {
    const stops = stopsOf.get(line) ?? [];
    return stops.length === 0 ? { line } : { line, stops };
  });
  return Buffer.from(`${JSON.stringify({ lines })}\n`);
}

/** From now on this policy is published. @throws FileProblems when it cannot be used */
export function takePolicy(dir: string, policyFile: string): void {
  readPolicy(policyFile);
  writeDurably(feedPlaces(dir).policy, readFileSync(policyFile));
}

/** Writes both as they were last taken: the built-in policy where there has been none. */
export function writePolicyAndLines(dir: string) {
  const { policy } = feedPlaces(dir);
  if (!existsSync(policy)) writeDurably(policy, pilotPolicyText());
  const lines = writtenLines(dir, readPolicy(policy).lines);
  return {
    [policyTarget]: writeTarget(dir, policyTarget, readFileSync(policy)),
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
