/** `check`: what a start would refuse, and what hardware answers, without starting anything and beside a firmware that runs. */
import { resolve } from 'node:path';
import type { Config } from '../settings/config.ts';
import { checkCertificates } from './certificates.ts';
import { createFindings, type Findings } from './findings.ts';
import { checkPlaces } from './places.ts';
import { portProblems } from './ports.ts';
import type { CheckReport, PartReport, SeenDevices } from './report.ts';
import { processOnJournal } from './running.ts';
import { doubleWires } from './wires.ts';

const inUse = 'the firmware that is running has it: its console says how it is';

/** What of it is beyond this room. */
export interface CheckParts<Settings extends { readonly config: Config }> {
  readonly version: string;
  /** The settings alone. @throws FileProblems */
  readConfig(file: string): Config;
  /** All files that a start reads. @throws FileProblems, DeviceError config */
  readAll(file: string): Settings;
  /** Names this validator to brokers. */
  commonNameOf(device: string): string;
  /** What else the files say that a start does not look at. */
  lookClosely(settings: Settings, findings: Findings): Promise<void>;
  /** Opens every part and hears it. @throws DeviceError config */
  askHardware(config: Config, settings: Settings | undefined): Promise<PartReport[]>;
  partsOf(config: Config): readonly Pick<PartReport, 'part' | 'name'>[];
  findDevices(): Promise<SeenDevices>;
  /** Unix milliseconds */
  readonly now: number;
}

export async function checkValidator<Settings extends { readonly config: Config }>(
  path: string,
  parts: CheckParts<Settings>,
): Promise<CheckReport> {
  const file = resolve(path);
  const findings = createFindings();
  const found = parts.findDevices();
  const config = findings.attempt(() => parts.readConfig(file));
  const pid = config && processOnJournal(config.journal);
  const hardware =
    config === undefined ? [] : await checkConfig(file, config, pid !== undefined, parts, findings);
  return {
    ok: findings.problems.length === 0,
    version: parts.version,
    config: file,
    device: config?.device ?? null,
    line: config?.line ?? null,
    running: pid === undefined ? null : { pid },
    problems: [...findings.problems],
    warnings: [...findings.warnings],
    hardware,
    seen: await found,
  };
}

/** @returns how the parts are that it names */
async function checkConfig<Settings extends { readonly config: Config }>(
  file: string,
  config: Config,
  isRunning: boolean,
  parts: CheckParts<Settings>,
  findings: Findings,
): Promise<PartReport[]> {
  findings.name(...filesOf(config));
  const settings = findings.attempt(() => parts.readAll(file));
  checkPlaces(config, findings);
  if (config.uplink !== undefined)
    checkCertificates(config.uplink, parts.commonNameOf(config.device), parts.now, findings);
  for (const problem of doubleWires(config)) findings.problem(problem, file);
  for (const problem of await portProblems(config, isRunning)) findings.problem(problem, file);
  if (settings !== undefined) await parts.lookClosely(settings, findings);
  // A firmware that runs has its devices to itself: nothing of them is opened a second time.
  if (isRunning) return parts.partsOf(config).map(part => ({ ...part, state: 'in-use', message: inUse }));
  return (await findings.attemptSoon(() => parts.askHardware(config, settings))) ?? [];
}

function filesOf({ journal, journalSeal, links, feed, uplink, busLink, trust, policy }: Config): string[] {
  const files = [journal, journalSeal, links.cache, links.fleetKeys, feed?.root, busLink?.key, trust, policy];
  const { signing, office, ca, cert, key } = uplink ?? {};
  return [...files, signing, office, ca, cert, key].filter(path => path !== undefined);
}
