/** The options that say which broker carries the uplink, for each command that is a client of one. */
import { type Command, InvalidArgumentError } from 'commander';
import { WrongUsage } from '../../../device/kit/errors.ts';
import { eachOf } from '../../../device/kit/option-values.ts';
import { brokerAddress } from '../../../device/settings/values.ts';
import type { BrokerAddresses } from '../../../sync/uplink/brokers.ts';
import { officeName } from '../../../sync/uplink/topics.ts';

export interface MqttWords {
  readonly mqtt?: readonly string[];
  readonly mqttCa?: string;
  readonly mqttCert?: string;
  readonly mqttKey?: string;
  readonly shards?: string;
}

/** @param mqtt what `--mqtt` says of itself */
export function addMqttOptions(command: Command, mqtt: string): Command {
  return command
    .option('--mqtt <url>', mqtt, eachOf)
    .option('--mqtt-ca <file>', 'whom to trust there, PEM')
    .option('--mqtt-cert <file>', "the back office's certificate for it, PEM")
    .option('--mqtt-key <file>', 'and its key, PEM')
    .option(
      '--shards <digits>',
      'which of 16 parts of the validators, e.g. 01234567; all unless given',
      ofShards,
    );
}

/** @throws WrongUsage. @returns undefined where none is named */
export function brokerOf({
  mqtt: url,
  mqttCa: ca,
  mqttCert: cert,
  mqttKey: key,
}: MqttWords): BrokerAddresses | undefined {
  if (url === undefined && [ca, cert, key].every(file => file === undefined)) return undefined;
  if (url?.every(one => brokerAddress.safeParse(one).success) !== true)
    throw new WrongUsage('--mqtt needs mqtt://host or mqtts://host, with :port as needed');
  if ((cert === undefined) !== (key === undefined))
    throw new WrongUsage('--mqtt-cert and --mqtt-key belong together');
  // Some brokers want to be told who comes, besides the certificate.
  return { url, ca, cert, key, username: cert && officeName };
}

function ofShards(text: string): string {
  if (!/^[0-9a-f]{1,16}$/.test(text) || new Set(text).size < text.length)
    throw new InvalidArgumentError('hex digits, each once');
  return text;
}
