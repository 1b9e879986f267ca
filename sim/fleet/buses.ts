/** The fleet's buses that somebody has taken to run them as real ones, and what came of that. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { writeDurably } from '../../device/kit/durable-file.ts';
import { ownKeyText } from '../../sync/uplink/uplink-keys.ts';
import { uplinkPlaces } from '../backoffice/uplink/office-keys.ts';
import type { ControlParts, FleetBus } from './control.ts';
import type { FleetMember } from './worker.ts';

export interface Buses extends ControlParts {
  /** Rows that real validators have made. */
  readonly rows: number;
  /** How many buses were taken. */
  readonly taken: number;
}

/**
 * @param directory the back office's data
 * @param setAway resolves when the validator is switched off, or at once when it is to come back
 */
export function createBuses(
  directory: string,
  members: readonly FleetMember[],
  setAway: (number: number, isAway: boolean) => Promise<void>,
): Buses {
  const out = new Set<string>();
  let [rows, taken] = [0, 0];

  function identityOf({ own, broker }: FleetMember): FleetBus['front'] {
    const keys = join(directory, 'attached');
    mkdirSync(keys, { recursive: true, mode: 0o700 });
    const signing = join(keys, `${own.device}.json`);
    writeDurably(signing, ownKeyText(own.device, own.signingKey), 0o600);
    const { url, ca, cert, key } = broker;
    return {
      ...{ device: own.device, signing, url, office: uplinkPlaces(directory).office },
      ...(ca !== undefined && { ca: resolve(ca) }),
      ...(cert !== undefined && { cert: resolve(cert) }),
      ...(key !== undefined && { key: resolve(key) }),
    };
  }

  function membersOf(bus: string): readonly FleetMember[] {
    return members.filter(member => member.bus === bus);
  }

  return {
    get rows() {
      return rows;
    },
    get taken() {
      return taken;
    },
    async take(validator) {
      const found = members.find(
        ({ own, number }) => own.device === validator || String(number + 1) === validator,
      );
      if (found === undefined)
        return `${validator}: this fleet has ${members.length} validators, from 1, or by name from ${members[0]?.own.device}`;
      const [front, rear] = membersOf(found.bus);
      if (front === undefined || rear === undefined) return `${validator}: its bus has one validator only`;
      if (out.has(found.bus)) return `${validator}: somebody has its bus already`;
      out.add(found.bus);
      taken++;
      await Promise.all([front, rear].map(({ number }) => setAway(number, true)));
      return { line: found.line, bus: found.bus, front: identityOf(front), rear: identityOf(rear) };
    },
    giveBack({ bus }, made = {}) {
      rows += Object.values(made).reduce((all, some) => all + some, 0);
      out.delete(bus);
      for (const { number } of membersOf(bus)) void setAway(number, false);
    },
  };
}
