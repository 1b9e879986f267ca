/** `backoffice uplink-key …`: the keys that validators seal their rows for. */
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { isoTime } from '../../../device/core/iso-time.ts';
import { say } from '../../../device/kit/printable.ts';
import { keptSealed } from '../intake/sealed-rows-kept.ts';
import { requireOffice } from '../office-data.ts';
import { forgetLostKey, noteLostKey, readLostKeys } from './lost-keys.ts';
import { rotateSealingKey, sealingKeysOf, uplinkPlaces } from './office-keys.ts';

export function addKeyCommands(office: Command): void {
  const keys = office.command('uplink-key').description('the keys that rows are sealed for');
  keys
    .command('rotate')
    .description('give validators another key; what was sealed for those before still opens')
    .argument('<dir>', "the back office's data")
    .action((dir: string) => {
      requireOffice(dir);
      print({ key: rotateSealingKey(dir), office: uplinkPlaces(dir).office });
    });
  keys
    .command('list')
    .description('the keys that open rows, those that are lost, and the rows that nobody can open')
    .argument('<dir>', "the back office's data")
    .action((dir: string) => {
      requireOffice(dir);
      print(listed(dir));
    });
  keys
    .command('lost')
    .description(
      'nobody has this key any more: rows that come for it are kept sealed and acknowledged, so that later ones arrive',
    )
    .argument('<dir>', "the back office's data")
    .argument('<key>', 'its name, 16 hex digits, as the log has it')
    .option('--undo', 'it is found: such rows wait on the bus again')
    .action((dir: string, key: string, { undo = false }: { undo?: boolean }) => {
      requireOffice(dir);
      if (undo) forgetLostKey(dir, key);
      else noteLostKey(dir, key, Date.now());
      print({ [undo ? 'notLost' : 'lost']: key.toLowerCase() });
    });
}

function listed(dir: string): object {
  const { keys, keptSealed: folder } = uplinkPlaces(dir);
  return {
    keys: existsSync(keys) ? sealingKeysOf(dir) : [],
    lost: readLostKeys(dir).map(({ key, at }) => ({ key, since: isoTime(at) })),
    keptSealed: [...keptSealed(folder)],
  };
}

function print(outcome: object): void {
  say(JSON.stringify(outcome));
}
