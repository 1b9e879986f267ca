/** The uplink as the back office has it: with the broker inside, or as a client of another, or not at all. */
import { WrongUsage } from '../../../device/kit/errors.ts';
import type { Log } from '../../../device/kit/log.ts';
import { type BrokerAddresses, urlsOf } from '../../../sync/uplink/brokers.ts';
import { createIntake } from '../intake/take-rows.ts';
import type { TapStore } from '../intake/tap-store.ts';
import { startBroker } from './broker.ts';
import { watchEnrolled } from './enrolled.ts';
import { probeNodes } from './node-probes.ts';
import { noteNodes } from './node-states.ts';
import { openUplinkKeys } from './office-keys.ts';
import { type OfficeUplink, startOfficeUplink } from './uplink.ts';

/** One of both, or none. */
export interface UplinkChoice {
  /** Of the broker inside; 0 for any that is free. */
  readonly mqttPort?: number | undefined;
  /** Another broker, or the nodes of one. */
  readonly mqtt?: BrokerAddresses | undefined;
  /** Others take what is said in the other shards; hex digits, all unless given. */
  readonly shards?: string | undefined;
}

export interface UplinkParts {
  /** The back office's data. */
  readonly directory: string;
  readonly taps: TapStore;
  readonly feedVersion: () => number | null;
  readonly log: Log;
  /** Unix milliseconds */
  readonly now: () => number;
}

export interface OpenUplink extends OfficeUplink {
  /** Where validators find the broker. */
  readonly url: string;
}

/** @throws WrongUsage for a port that is taken, files that cannot be used, both brokers at once */
export async function openUplink(
  { mqttPort, mqtt, shards }: UplinkChoice,
  { directory, taps, feedVersion, log, now }: UplinkParts,
): Promise<OpenUplink | undefined> {
  if (mqttPort !== undefined && mqtt !== undefined)
    throw new WrongUsage('either the broker inside or another');
  if (mqttPort === undefined && mqtt === undefined) return undefined;
  const keys = openUplinkKeys(directory);
  const inside = mqttPort === undefined ? undefined : await startBroker(mqttPort);
  const broker: BrokerAddresses | undefined = inside?.address ?? mqtt;
  if (broker === undefined) return undefined;
  const uplink = startOfficeUplink({
    directory,
    ...{ broker, shards },
    keys,
    enrolled: watchEnrolled(directory),
    intake: createIntake(taps, now),
    feedVersion,
    log,
  });
  const nodes =
    urlsOf(broker.url).length > 1 ? probeNodes(broker, noteNodes(directory, log, Date.now)) : undefined;
  return {
    url: urlsOf(broker.url).join(', '),
    validators: uplink.validators,
    async close() {
      await nodes?.close();
      await uplink.close();
      await inside?.close();
    },
  };
}
