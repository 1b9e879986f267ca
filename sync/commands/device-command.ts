/** `feed device …` and `feed epoch`: whom the feed's keys are wrapped for, and for how long each is good. */
import type { Command } from 'commander';
import { WrongUsage } from '../../device/kit/errors.ts';
import { wholeNumber } from '../../device/kit/option-values.ts';
import { printOutcome, printOutcomeOn } from './outcome.ts';

const devices = () => import('./devices.ts');

export function addDeviceCommands(feed: Command): void {
  const device = feed
    .command('device')
    .description('the validators that the keys of the feed are wrapped for');
  device
    .command('add')
    .description('enrol a validator: by its public key, or with a new key in a keys file for it')
    .argument('<dir>', 'the feed')
    .argument('<id>', 'the validator’s name')
    .option('--public-key <hex>', 'X25519, 64 hex digits: the private half never leaves the validator')
    .option('--out <file>', 'the keys file to make; give it to that validator alone')
    .action(async (dir: string, id: string, options: { publicKey?: string; out?: string }) => {
      if ((options.publicKey === undefined) === (options.out === undefined))
        throw new WrongUsage('either --public-key or --out is needed');
      await printOutcomeOn(dir, async () => (await devices()).runAddDevice(dir, id, options));
    });
  device
    .command('key')
    .description('make a validator’s keys file where it is to stay; its public key is for feed device add')
    .argument('<id>', 'the validator’s name')
    .requiredOption('--out <file>', 'the keys file to make')
    .option('--tpm', 'seal the private half in this machine’s TPM 2.0, by tpm2-tools', false)
    .action(async (id: string, { out, tpm }: { out: string; tpm: boolean }) =>
      printOutcome(await (await devices()).runMakeKey(id, out, tpm)),
    );
  device
    .command('import')
    .description('enrol many validators by their public keys: all of them or none')
    .argument('<dir>', 'the feed')
    .argument('<file>', 'CSV with the header id,publicKey')
    .action(async (dir: string, file: string) =>
      printOutcomeOn(dir, async () => (await devices()).runImportDevices(dir, file)),
    );
  device
    .command('revoke')
    .description('leave a validator out of the next epoch; feed rotate --key fleet begins it at once')
    .argument('<dir>', 'the feed')
    .argument('<id>', 'the validator’s name')
    .action(async (dir: string, id: string) =>
      printOutcomeOn(dir, async () => (await devices()).runRevokeDevice(dir, id)),
    );
  device
    .command('list')
    .description('the validators, and since when they are enrolled or revoked')
    .argument('<dir>', 'the feed')
    .action(async (dir: string) => printOutcomeOn(dir, async () => (await devices()).runListDevices(dir)));
  feed
    .command('epoch')
    .description('the key epoch of a feed, and how long one lasts')
    .argument('<dir>', 'the feed')
    .option('--hours <n>', 'how long epochs last from now on', wholeNumber)
    .action(async (dir: string, options: { hours?: number }) =>
      printOutcomeOn(dir, async () => (await devices()).runEpoch(dir, options)),
    );
}
