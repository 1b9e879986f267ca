/** Files that a start takes, in a directory of their own, and what `check` says of them with changed settings. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { checkReport } from '../../../device/check/report.ts';
import { check } from '../../../device/compose/check.ts';
import { setUpBackOffice } from '../../delivered-cache.ts';
import type { TestContext } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

export const deadWire = 'tcp://127.0.0.1:1';

/** Good files in a directory. @returns what `check` says of them with these changes to the settings */
export function files(context: TestContext) {
  const directory = temporaryDirectory(context);
  const { trust, fleetKeys, links, policy } = setUpBackOffice(directory, 'enforced', Date.now()).files;
  mkdirSync(links, { mode: 0o700 });
  const at = (name: string) => join(directory, name);
  const config = at('config.yaml');
  const good = {
    device: 'bus-1-front',
    line: '2',
    journal: 'journal.sqlite',
    links: { cache: links, fleetKeys },
    trust,
    policy,
    codeReaders: [{ name: 'scanner', driver: 'scanner', path: deadWire }],
  };
  const write = (changes: object) => writeFileSync(config, stringify({ ...good, ...changes }));
  write({});
  return {
    directory,
    at,
    config,
    fleetKeys,
    trust,
    async check(changes: object = {}, hardwareMs = 0) {
      write(changes);
      return checkReport.parse(await check(config, hardwareMs));
    },
  };
}
