/** `backoffice device …`: the validators whose rows are taken. */
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { isoTime } from '../../../device/core/iso-time.ts';
import { writeDurably } from '../../../device/kit/durable-file.ts';
import { orWrongUsage, WrongUsage } from '../../../device/kit/errors.ts';
import { instant } from '../../../device/kit/option-values.ts';
import { say } from '../../../device/kit/printable.ts';
import { newSeed, publicHalfOf } from '../../../sync/uplink/ed25519.ts';
import { ownKeyText } from '../../../sync/uplink/uplink-keys.ts';
import { openTrips } from '../intake/trips-file.ts';
import { requireOffice } from '../office-data.ts';
import { noteRetired, readRetired } from '../settlement/retired.ts';
import { addCommandCommands } from './command-commands.ts';
import { enrol, enrolNew, readEnrolled, reportStolen, revoke } from './enrolled.ts';
import { addKeyCommands } from './key-commands.ts';
import { readNodes } from './node-states.ts';
import { openUplinkKeys, uplinkPlaces } from './office-keys.ts';

interface Added {
  readonly signingKey?: string;
  readonly out?: string;
}

interface Retiring {
  readonly at?: number;
  readonly undo?: boolean;
}

export function addUplinkCommands(office: Command): void {
  office
    .command('brokers')
    .description("how the nodes of the broker's cluster are; exit 1 where somebody has to do something")
    .argument('<dir>', "the back office's data")
    .action((dir: string) => {
      requireOffice(dir);
      const { at, ...told } = readNodes(dir);
      print({ since: isoTime(at), ...told });
      if (told.todo !== undefined) process.exitCode = 1;
    });
  addCommandCommands(office);
  addKeyCommands(office);
  const device = office.command('device').description('the validators whose rows are taken by the uplink');
  device
    .command('add')
    .description('enrol a validator: by its public key, or with a new key in a file for it')
    .argument('<dir>', "the back office's data")
    .argument('<id>', "the validator's name")
    .option('--signing-key <hex>', 'Ed25519, 64 hex digits: the private half never leaves the validator')
    .option('--out <file>', 'the key file to make; give it to that validator alone')
    .action((dir: string, id: string, options: Added) => print(add(dir, id, options)));
  device
    .command('key')
    .description("make a validator's key file where it is to stay; its public key is for device add")
    .argument('<id>', "the validator's name")
    .requiredOption('--out <file>', 'the key file to make')
    .action((id: string, { out }: { out: string }) => print(makeKey(id, out)));
  device
    .command('revoke')
    .description('take nothing more of a validator')
    .argument('<dir>', "the back office's data")
    .argument('<id>', "the validator's name")
    .action((dir: string, id: string) => {
      requireOffice(dir);
      revoke(dir, id, Date.now());
      print({ revoked: id });
    });
  device
    .command('stolen')
    .description('report a validator stolen: its taps since then are listed by `backoffice taps DIR stolen`')
    .argument('<dir>', "the back office's data")
    .argument('<id>', "the validator's name")
    .option('--at <instant>', 'since when, ISO 8601; now unless given', instant)
    .action((dir: string, id: string, { at = Date.now() }: { at?: number }) => {
      requireOffice(dir);
      reportStolen(dir, id, at);
      print({ stolen: id, since: isoTime(at) });
    });
  device
    .command('retire')
    .description('a validator is gone for good: nothing more is taken of it, and no settlement waits for it')
    .argument('<dir>', "the back office's data")
    .argument('<id>', "the validator's name")
    .option('--at <instant>', 'until when it was on its bus, ISO 8601; now unless given', instant)
    .option('--undo', 'it is not gone after all; where it was enrolled, enrol it again')
    .action((dir: string, id: string, { at = Date.now(), undo = false }: Retiring) =>
      print(retire(dir, id, undo ? undefined : at)),
    );
  device
    .command('list')
    .description('the validators, and since when they are enrolled or revoked')
    .argument('<dir>', "the back office's data")
    .action((dir: string) => {
      requireOffice(dir);
      const told = ({
        id,
        signingKey,
        addedAt,
        revokedAt,
        stolenAt,
      }: ReturnType<typeof readEnrolled>[number]) => ({
        ...{ id, signingKey, added: isoTime(addedAt) },
        ...(revokedAt !== undefined && { revoked: isoTime(revokedAt) }),
        ...(stolenAt !== undefined && { stolen: isoTime(stolenAt) }),
      });
      const retired = [...readRetired(dir)].map(([id, at]) => ({ id, at: isoTime(at) }));
      print({ devices: readEnrolled(dir).map(told), ...(retired.length > 0 && { retired }) });
    });
}

/** @param at Unix milliseconds; undefined for one that is not gone after all. @throws WrongUsage for a name that nobody has heard of */
function retire(dir: string, id: string, at: number | undefined): object {
  requireOffice(dir);
  const enrolled = readEnrolled(dir).find(each => each.id === id);
  if (enrolled === undefined && !readRetired(dir).has(id) && !hasReported(dir, id))
    throw new WrongUsage(`${id}: no validator of that name is enrolled, and none has reported`);
  noteRetired(dir, id, at);
  if (at === undefined) return { notRetired: id };
  if (enrolled !== undefined && enrolled.revokedAt === undefined) revoke(dir, id, Date.now());
  return { retired: id, at: isoTime(at) };
}

function hasReported(dir: string, id: string): boolean {
  const trips = openTrips(dir);
  try {
    return trips.prepare<[string]>('SELECT 1 FROM device WHERE name = ?').get(id) !== undefined;
  } finally {
    trips.close();
  }
}

function add(dir: string, id: string, { signingKey, out }: Added): object {
  requireOffice(dir);
  openUplinkKeys(dir);
  const { office } = uplinkPlaces(dir);
  if (signingKey !== undefined && out === undefined) enrol(dir, id, signingKey, Date.now());
  else if (signingKey === undefined && out !== undefined) {
    refuseThere(out);
    enrolNew(dir, id, out, Date.now());
  } else throw new WrongUsage('either --signing-key or --out is needed');
  return { added: id, office, ...(out !== undefined && { signing: out }) };
}

function makeKey(id: string, out: string): object {
  if (!/^[\w.-]{1,64}$/.test(id)) throw new WrongUsage(`${id}: not a validator's name`);
  refuseThere(out);
  const seed = newSeed();
  orWrongUsage(() => writeDurably(out, ownKeyText(id, seed), 0o600));
  return { made: id, signingKey: publicHalfOf(seed).toString('hex'), signing: out };
}

function refuseThere(file: string): void {
  if (existsSync(file)) throw new WrongUsage(`${file} is there already`);
}

function print(outcome: object): void {
  say(JSON.stringify(outcome));
}
