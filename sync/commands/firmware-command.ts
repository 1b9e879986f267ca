/** The command line of `feed pack-firmware` and `feed publish-firmware`. */
import type { Command } from 'commander';
import { eachOf } from '../../device/kit/option-values.ts';
import type { PackOptions } from '../firmware/pack.ts';
import type { PublishFirmwareOptions } from './firmware.ts';
import { printOutcome, printOutcomeOn } from './outcome.ts';

const loading = () => import('./firmware.ts');

export function addFirmwareCommands(feed: Command): void {
  feed
    .command('pack-firmware')
    .description('make a firmware archive of a directory')
    .argument('<folder>', 'the firmware as it is to lie in a slot')
    .requiredOption('--out <file>', 'the archive to make, .tar.gz')
    .requiredOption('--release <version>', 'its version')
    .option('--entry <path>', 'its program, in the folder', 'build/device/main.js')
    .option('--platform <name>', 'of the machines it is for, as Node names it; this one’s unless given')
    .option('--arch <name>', 'likewise')
    .option('--node-abi <number>', 'of the Node.js its native modules are built for; this one’s unless given')
    .action(async (folder: string, { out, release, ...rest }: Omit<PackOptions, 'version'> & PackTo) =>
      printOutcome(await (await loading()).runPack(folder, out, { version: release, ...rest })),
    );
  feed
    .command('publish-firmware')
    .description('sign a firmware archive for a ring of validators, and publish it')
    .argument('<dir>', 'the feed')
    .requiredOption('--ring <ring>', 'all, line:LINE, bus:BUS or device:DEVICE; the narrowest counts')
    .option('--archive <file>', 'made by pack-firmware')
    .option('--withdraw', 'publish that the ring has none')
    .option('--firmware-key <file>', 'where the key lies that signs firmware, from now on')
    .option('--trust-clock', 'sign although the last version is dated as if the clock were wrong')
    .option('--time-from <url>', 'an https server whose time the clock must agree with', eachOf)
    .action(async (dir: string, options: PublishFirmwareOptions) =>
      printOutcomeOn(dir, async () => (await loading()).runPublishFirmware(dir, options)),
    );
}

interface PackTo {
  readonly out: string;
  readonly release: string;
}
