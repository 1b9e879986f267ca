/**
 * Brings the firmware that the feed announces for this validator into the spare slot: fetched beside the feed's own files,
 * resumed where it broke off, verified and unpacked. It is told when it is whole; what becomes of it then is not decided here.
 */
import { existsSync, mkdirSync, readdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { FirmwareNews } from '../../device/data-ports.ts';
import { DeviceError, messageOf } from '../../device/kit/errors.ts';
import { type Clock, monotonic } from '../../device/kit/time.ts';
import { readBoot } from '../../device/update/boot-file.ts';
import { type Slot, spareSlot } from '../../device/update/boot-record.ts';
import { foreignTo, readSlot } from '../../device/update/slot.ts';
import type { Http } from '../client/http.ts';
import { sha256OfFile } from '../feed/feed-file.ts';
import type { FirmwareTarget, RingMember } from '../feed/firmware-target.ts';
import { chooseFirmware } from './choose.ts';
import type { FirmwareOffer } from './offer.ts';
import { FirmwareRefused } from './refused.ts';
import { clearSlot, unpackFirmware } from './unpack.ts';
import { verifySlot } from './verify-slot.ts';

export interface FollowSettings extends RingMember {
  /** The firmware's directory. */
  readonly directory: string;
  /** The one that this process was started from. */
  readonly slot: Slot;
  /** Its version. */
  readonly version: string;
}

export interface FirmwareFollower {
  /** One at a time. Resolves when nothing is left to do for this one; it does not reject. */
  follow(offer: FirmwareOffer): Promise<void>;
}

/** What was refused is not fetched and unpacked again in every round: only where it may have been the way that it came. */
const refusedForMs = 6 * 3_600_000;
/** An archive unpacks to some three times its size. */
const roomFactor = 4;

/** @param url the feed's, without a slash at the end */
export function createFirmwareFollower(
  { directory, slot, version, ...member }: FollowSettings,
  url: string,
  http: Pick<Http, 'download'>,
  tell: (news: FirmwareNews) => void,
  age: Clock = monotonic,
): FirmwareFollower {
  const content = slot === 'factory' ? undefined : readSlot(join(directory, slot));
  const running = { slot, version, content };
  /** What was told last, so that it is told once. */
  let told = '';
  let staged: string | undefined;
  let refused: { readonly sha256: string; readonly attempt: number; readonly at: number } | undefined;

  function say(news: FirmwareNews): void {
    const text = JSON.stringify(news);
    if (text !== told) tell(news);
    told = text;
  }

  function withdraw(): void {
    if (staged !== undefined) say({ kind: 'withdrawn' });
    staged = undefined;
  }

  async function stage(target: FirmwareTarget, spare: 'a' | 'b'): Promise<void> {
    const { name, sha256, attempt, version } = target;
    const news: FirmwareNews = { kind: 'staged', version, sha256, attempt, slot: spare };
    if (staged === JSON.stringify(news)) return;
    // From here on the slot may change.
    withdraw();
    const path = join(directory, spare);
    if (verifySlot(path, sha256) === undefined) {
      const archive = await fetchArchive(
        target,
        join(directory, 'arrivals'),
        `${url}/targets/${sha256}.${name}`,
      );
      try {
        await unpackFirmware(archive, path, sha256, manifest => {
          const why = foreignTo(manifest);
          if (why !== undefined) throw new FirmwareRefused(why);
          if (manifest.version !== version)
            throw new FirmwareRefused(`it is ${manifest.version}, announced as ${version}`);
        });
      } catch (error) {
        clearSlot(path);
        throw error;
      }
    }
    rmSync(join(directory, 'arrivals'), { recursive: true, force: true });
    staged = JSON.stringify(news);
    say(news);
  }

  async function fetchArchive(
    { sha256, length }: FirmwareTarget,
    arrivals: string,
    from: string,
  ): Promise<string> {
    mkdirSync(arrivals, { recursive: true, mode: 0o700 });
    const whole = join(arrivals, sha256);
    for (const other of readdirSync(arrivals))
      if (join(arrivals, other) !== whole) rmSync(join(arrivals, other), { recursive: true, force: true });
    if (isArchive(whole, sha256, length)) return whole;
    const { bavail, bsize } = statfsSync(arrivals);
    if (bavail * bsize < roomFactor * length)
      throw new DeviceError(
        'storage',
        'firmware',
        `${directory}: no room for ${roomFactor} times ${length} bytes`,
      );
    await http.download(from, whole, length);
    if (isArchive(whole, sha256, length)) return whole;
    rmSync(whole, { force: true });
    throw new FirmwareRefused('what came has another hash than was announced');
  }

  return {
    async follow({ targets, problem }) {
      if (problem !== undefined) return say({ kind: 'refused', version: '', why: problem });
      const record = readBoot(directory);
      const spare = spareSlot(record);
      // One that is on trial, and its fallback, stay as they are.
      if (spare === undefined || spare === slot) return;
      const wanted = chooseFirmware(targets, member, running, record);
      if (wanted.kind === 'nothing') return withdraw();
      const { target } = wanted;
      if (wanted.kind === 'refused') {
        withdraw();
        return say({ kind: 'refused', version: target.version, why: wanted.why });
      }
      const { sha256, attempt } = target;
      const isRefused = refused?.sha256 === sha256 && refused.attempt === attempt;
      if (isRefused && age() - (refused?.at ?? 0) < refusedForMs) return;
      try {
        await stage(target, spare);
      } catch (error) {
        if (error instanceof FirmwareRefused) {
          rmSync(join(directory, 'arrivals'), { recursive: true, force: true });
          refused = { sha256, attempt, at: age() };
        }
        const isFinal =
          error instanceof DeviceError ? error.kind === 'protocol' : error instanceof FirmwareRefused;
        say({ kind: isFinal ? 'refused' : 'delayed', version: target.version, why: messageOf(error) });
      }
    },
  };
}

function isArchive(path: string, sha256: string, length: number): boolean {
  return existsSync(path) && statSync(path).size === length && sha256OfFile(path) === sha256;
}
