/** `backoffice bundle` and `backoffice authority`: what a validator is provisioned with. */
import type { Command } from 'commander';
import { messageOf, Refused } from '../../../device/kit/errors.ts';
import { eachOf } from '../../../device/kit/option-values.ts';
import { say } from '../../../device/kit/printable.ts';
import { requireOffice } from '../office-data.ts';
import { openAuthority } from './authority.ts';
import { type BundleOptions, issueBundle } from './issue-bundle.ts';

const refused = 1;

export function addProvisioningCommands(office: Command): void {
  office
    .command('bundle')
    .description('issue all that a validator needs as one file: signed, and sealed for that validator')
    .argument('<dir>', "the back office's data")
    .argument('<request>', "the validator's request: fare-validator request, or init")
    .requiredOption('--fingerprint <words>', "the request's, as the technician reads it out")
    .requiredOption('--out <file>', 'the bundle to make')
    .requiredOption('--trust <file>', 'the root authorities of ride codes, JSON')
    .option('--feed <url>', 'where validators find the feed')
    .option('--broker <url>', 'where they find the broker; once for each node of a cluster', eachOf)
    .option('--ca <file>', "who signs the broker's certificate, PEM")
    .option('--cert <file>', "this validator's certificate, PEM")
    .option('--key <file>', 'its key, PEM')
    .option('--settings <file>', 'what is attached to it, YAML; as the request has it unless given')
    .option('--policy <file>', 'a policy for as long as the feed has none, YAML')
    .action((dir: string, request: string, options: BundleOptions) =>
      tell(() => issueBundle(dir, request, options)),
    );
  office
    .command('authority')
    .description('whom validators obey: the fingerprint to read out, and the key for an image')
    .argument('<dir>', "the back office's data")
    .action((dir: string) => {
      requireOffice(dir);
      const { fingerprint, publicKey } = openAuthority(dir);
      say(JSON.stringify({ fingerprint, authority: publicKey }));
    });
}

async function tell(run: () => Promise<object>): Promise<void> {
  try {
    say(JSON.stringify(await run()));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    say(JSON.stringify({ error: messageOf(error) }));
    process.exitCode = refused;
  }
}
