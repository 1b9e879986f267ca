/** The bus group's list of denied media on the simulated bus: a table that the back office publishes. */

import { writeDurably } from '../../../device/kit/durable-file.ts';
import { WrongUsage } from '../../../device/kit/errors.ts';
import type { DeniedReason } from '../../../sync/publisher/denied-media.ts';
import type { CustomerRegister } from './customer-register.ts';
import type { Roster } from './roster.ts';

/** Passengers are named by their ids. Each resolves to the version it is published in. */
export interface DeniedList {
  /** @throws WrongUsage for what is not the bus group's to deny */
  deny(passenger: string, reason: DeniedReason): Promise<number>;
  reinstate(passenger: string): Promise<number>;
  /** Why the passenger's card or code is on the list; undefined where it is not. */
  deniedFor(passenger: string): DeniedReason | undefined;
}

/**
 * @param file the table; written anew at each change, whole, because the back office may read it at any moment
 * @param publish publishes what has changed, and waits until the validators have it
 */
export function createDeniedList(
  file: string,
  roster: Roster,
  { mediumOf }: Pick<CustomerRegister, 'mediumOf'>,
  publish: () => Promise<number>,
): DeniedList {
  /** By passenger. */
  const reasons = new Map<string, DeniedReason>();

  function write(): Promise<number> {
    const rows = [...reasons].map(([id, reason]) => {
      const { kind, account } = mediumOf(id) ?? {};
      return `${kind},${account},${reason}`;
    });
    writeDeniedTable(file, rows);
    return publish();
  }

  return {
    async deny(id, reason) {
      if (mediumOf(roster.find(id).id) === undefined) throw new WrongUsage(`${id} has nothing to be denied`);
      reasons.set(id, reason);
      return write();
    },
    async reinstate(id) {
      reasons.delete(roster.find(id).id);
      return write();
    },
    deniedFor: id => reasons.get(id),
  };
}

export function writeDeniedTable(file: string, rows: readonly string[]): void {
  writeDurably(file, ['medium,account,reason', ...rows, ''].join('\n'));
}
