/** `provision`: opens a bundle, looks whether a start would take what is in it, and puts it in place. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { processOnJournal } from '../check/running.ts';
import { Refused } from '../kit/errors.ts';
import { generationOf, installGeneration } from './generations.ts';
import { type ProvisioningPlaces, recordFile } from './places.ts';
import { type BundleRecord, readKnown, recordText } from './record.ts';

/** What a bundle says of itself before it is opened. */
interface Head {
  readonly authority: Buffer;
  readonly fingerprint: string;
  readonly number: number;
}

interface Content {
  readonly device: string;
  readonly issuedAt: string;
  readonly files: Readonly<Record<string, string>>;
}

/** What of it is beyond this room. */
export interface ProvisionParts {
  readHead(bundle: Buffer): Head;
  /** @throws what is wrong with it */
  open(bundle: Buffer, authority: Uint8Array): Promise<Content>;
  /** The device that the keys here are of. */
  readonly device: string;
  /** @returns whether this is what was read out */
  isSame(typed: string, fingerprint: string): boolean;
  /** Asks the technician what the back office has read out; undefined where nobody can be asked. */
  readonly ask: (() => Promise<string>) | undefined;
  /** What a start would say to these settings. @throws FileProblems, DeviceError config */
  readAll(settings: string): { readonly config: { readonly device: string; readonly journal: string } };
}

export interface Provisioned {
  readonly device: string;
  readonly number: number;
  readonly issuedAt: string;
  readonly authority: string;
  readonly files: readonly string[];
  readonly settings: string;
  /** The number of the bundle before. */
  readonly replaces: number | null;
  /** The process that runs on what was there before, until it is started anew; null for none. */
  readonly running: { readonly pid: number } | null;
}

/** @param typed the authority's fingerprint as the back office has read it out: it is obeyed from now on */
export async function provision(
  bundle: Buffer,
  places: ProvisioningPlaces,
  typed: string | undefined,
  parts: ProvisionParts,
): Promise<Provisioned> {
  // Something of somebody's own in its place is told before anything else.
  generationOf(places.identity);
  const head = parts.readHead(bundle);
  const { installed, authority } = readKnown(places);
  const obeyed = await whomToObey(head, authority, typed, parts);
  const { device, issuedAt, files } = await parts.open(bundle, obeyed);
  if (device !== parts.device) throw new Refused(`made for ${device}: this validator is ${parts.device}`);
  refuseOld(head, installed);
  const { number } = head;
  const record = { device, authority: obeyed.toString('hex'), number, issuedAt };
  const name = `${number}-${createHash('sha256').update(bundle).digest('hex').slice(0, 8)}`;
  let pid: number | undefined;
  installGeneration(places.identity, name, { ...files, [recordFile]: recordText(record) }, directory => {
    const { config } = parts.readAll(join(directory, 'settings.yaml'));
    pid = processOnJournal(config.journal);
    if (config.device !== device) throw new Refused(`its settings are of ${config.device}, not of ${device}`);
  });
  return {
    ...{ device, number, issuedAt, authority: head.fingerprint },
    files: Object.keys(files).sort(),
    settings: places.settings,
    replaces: installed?.number ?? null,
    running: pid === undefined ? null : { pid },
  };
}

/** Who is there with the device decides: what was told before holds until somebody types another fingerprint. */
async function whomToObey(
  { authority, fingerprint }: Head,
  known: Buffer | undefined,
  typed: string | undefined,
  { isSame, ask }: ProvisionParts,
): Promise<Buffer> {
  if (typed === undefined && known !== undefined) return known;
  const answer = typed ?? (await ask?.());
  if (answer === undefined)
    throw new Refused(
      'this validator obeys nobody yet: have the back office read out its fingerprint (backoffice authority), and give it by --authority',
    );
  if (!isSame(answer, fingerprint))
    throw new Refused(`signed by another authority, ${fingerprint}, than was read out`);
  return authority;
}

/** What another authority has numbered says nothing. */
function refuseOld({ number, authority }: Head, installed: BundleRecord | undefined): void {
  if (installed === undefined || installed.authority !== authority.toString('hex')) return;
  if (number === installed.number) throw new Refused(`bundle ${number} is installed already`);
  if (number < installed.number)
    throw new Refused(`an old bundle, number ${number}: number ${installed.number} is installed`);
}
