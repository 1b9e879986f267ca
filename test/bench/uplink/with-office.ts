/** A broker inside and a back office on it, for as long as a measurement takes. */
import { startBroker } from '../../../sim/backoffice/uplink/broker.ts';
import { uplinkPlaces } from '../../../sim/backoffice/uplink/office-keys.ts';
import type { BrokerAddress } from '../../../sync/uplink/connection.ts';
import { openOffice } from '../../contract/broker.ts';
import type { TestContext } from '../../harness.ts';

export interface BenchOffice {
  readonly context: TestContext;
  readonly broker: BrokerAddress;
  /** Not started yet. */
  readonly office: ReturnType<typeof openOffice>;
  /** The file of its public keys. */
  readonly officeKeys: string;
}

/** Cleans up behind `work`, however it ends. */
export async function withOffice<T>(work: (bench: BenchOffice) => Promise<T>): Promise<T> {
  const closers: (() => unknown)[] = [];
  const context = { after: (close: () => unknown) => void closers.push(close) };
  try {
    const broker = await startBroker(0);
    context.after(broker.close);
    const office = openOffice(context, broker.address);
    const officeKeys = uplinkPlaces(office.dir).office;
    return await work({ context, broker: broker.address, office, officeKeys });
  } finally {
    for (const close of closers.toReversed()) await close();
  }
}
