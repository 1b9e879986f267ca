/** `request` and `provision`, composed: the bundle's format, the keys' files, and the settings as a start reads them. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { chooseSlot } from '../../drivers/card-reader/pcsc/slots.ts';
import { findDevices } from '../../drivers/found-devices.ts';
import { maxBundleBytes, openBundle, readHead } from '../../sync/bundle/bundle.ts';
import { isFingerprint } from '../../sync/bundle/fingerprint.ts';
import { readRequest, requestText } from '../../sync/bundle/request.ts';
import { lockDirectory } from '../../sync/directory-lock.ts';
import { messageOf, orWrongUsage, Refused, WrongUsage } from '../kit/errors.ts';
import { readPlainFile } from '../kit/input-file.ts';
import { becomeOwnerOf } from '../kit/own-user.ts';
import { createAsker } from '../provisioning/init/asker.ts';
import { type Initialised, type InitOptions, initialise, refuseSettled } from '../provisioning/init/init.ts';
import { openOutFile } from '../provisioning/out-file.ts';
import { ownKeys } from '../provisioning/own-keys.ts';
import { type ProvisioningPlaces, provisioningPlaces } from '../provisioning/places.ts';
import { type Provisioned, provision } from '../provisioning/provision.ts';
import { keyFiles } from './own-key-files.ts';
import { readAllSettings } from './settings.ts';

export interface Requested {
  readonly device: string;
  /** To be read out to the back office. */
  readonly fingerprint: string;
  /** The file that the back office needs; undefined where it was not asked for. */
  readonly request: string | undefined;
}

/** @param out the file to make, for the back office. @throws WrongUsage, DeviceError config */
export async function requestBundle(
  into: string,
  device: string | undefined,
  out: string | undefined,
  inTpm = false,
): Promise<Requested> {
  const file = out === undefined ? undefined : openOutFile(out);
  try {
    asFirmwareUser(into);
    const { text, ...made } = await makeRequest(provisioningPlaces(into), device, inTpm);
    file?.write(text);
    return { ...made, request: out };
  } catch (error) {
    file?.discard();
    throw error;
  }
}

interface Made {
  readonly text: string;
  readonly device: string;
  readonly fingerprint: string;
}

async function makeRequest(
  places: ProvisioningPlaces,
  wanted: string | undefined,
  inTpm: boolean,
): Promise<Made> {
  const own = await ownKeys(places, wanted, keyFiles(inTpm));
  const settings = existsSync(places.settings) ? readFileSync(places.settings, 'utf8') : undefined;
  const text = requestText({ ...own, settings });
  return { text, device: own.device, fingerprint: readRequest(Buffer.from(text)).fingerprint };
}

/**
 * @param typed the authority's fingerprint, as the back office has read it out
 * @throws Refused, WrongUsage, FileProblems, DeviceError config
 */
export async function provisionFrom(
  file: string,
  into: string,
  typed: string | undefined,
): Promise<Provisioned> {
  // Who may read the file is not who the firmware runs as.
  const bundle = readBundle(file);
  asFirmwareUser(into);
  const places = provisioningPlaces(into);
  const own = await ownKeys(places, undefined, keyFiles(false));
  const unlock = lock(places.ownKeys);
  try {
    return await provision(bundle, places, typed, {
      readHead,
      open: (bytes, authority) => openBundle(bytes, authority, own),
      device: own.device,
      isSame: isFingerprint,
      ask: process.stdin.isTTY ? askTechnician : undefined,
      readAll: readAllSettings,
    });
  } finally {
    unlock();
  }
}

export interface Begun extends Initialised, Requested {}

/**
 * Settings for what this machine has, keys, and the request for a bundle.
 * @param out the request's file. @throws Refused, WrongUsage, FileProblems, DeviceError config
 */
export async function initFrom(into: string, out: string | undefined, options: InitOptions): Promise<Begun> {
  const places = provisioningPlaces(into);
  refuseSettled(places);
  const file = out === undefined ? undefined : openOutFile(out);
  try {
    // As whoever was asked to: the devices may be nobody else's yet.
    const found = await findDevices();
    asFirmwareUser(into);
    const begun = await initialise(places, options, {
      found,
      chooseSlot: names => chooseSlot(names, undefined),
      openAsker: () => createAsker(process.stdin, process.stderr),
      readAll: readAllSettings,
      makeKeys: device => ownKeys(places, device, keyFiles(options.tpm === true)),
    });
    const { text, fingerprint } = await makeRequest(places, begun.device, false);
    file?.write(text);
    return { ...begun, fingerprint, request: out };
  } catch (error) {
    file?.discard();
    throw error;
  }
}

/** Nothing that is made can be read by others, and all of it by the firmware. */
function asFirmwareUser(into: string): void {
  process.umask(0o077);
  becomeOwnerOf(into);
}

/** @throws Refused where somebody else is at it, or has had a hand in the lock */
function lock(directory: string): () => void {
  let unlock: (() => void) | undefined;
  try {
    unlock = lockDirectory(directory);
  } catch (error) {
    throw new Refused(`${directory}: ${messageOf(error)}`);
  }
  if (unlock === undefined) throw new Refused(`another provision is at work in ${directory}`);
  return unlock;
}

function readBundle(file: string): Buffer {
  const size = orWrongUsage(() => statSync(file).size);
  if (size > maxBundleBytes) throw new Refused(`${size} bytes: a bundle has at most ${maxBundleBytes}`);
  try {
    return readPlainFile(file, maxBundleBytes);
  } catch (error) {
    throw new WrongUsage(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function askTechnician(): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question("The authority's fingerprint, as the back office reads it out: ");
  } finally {
    terminal.close();
  }
}
