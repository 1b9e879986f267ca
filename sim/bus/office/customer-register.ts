/** The bus group's customer register of the simulated bus: who owns which card or code. */
import { isOurs } from '../../backoffice/media-owners/media-table.ts';
import type { Medium } from '../../backoffice/store/store.ts';
import type { Identity } from '../../backoffice/store/vault.ts';
import { type Owned, ownedBy } from '../belongings.ts';
import { type Passenger, personOf } from '../passengers.ts';

export interface CustomerRegister {
  /** The table that the back office imports. */
  readonly table: string;
  readonly seniors: readonly Passenger[];
  /** The seniors' rows of the table. */
  readonly seniorTable: string;
  /** The table of the crew's cards. */
  readonly crewTable: string;
  /** What a passenger carries, by the passenger's id; undefined where it is not the bus group's. */
  mediumOf(passenger: string): Medium | undefined;
  /** The person's media that can be linked to a health code. */
  mediaOf(who: Identity): readonly Medium[];
}

interface Row extends Owned {
  readonly passenger: Passenger;
}

export function createCustomerRegister(passengers: readonly Passenger[]): CustomerRegister {
  const rows = passengers.flatMap((passenger, index): Row[] => {
    const owned = ownedBy(passenger, index);
    return owned === undefined ? [] : [{ ...owned, passenger }];
  });
  const seniorRows = rows.filter(({ passenger }) => isSenior(passenger));
  return {
    table: tableOf(rows),
    seniors: seniorRows.map(({ passenger }) => passenger),
    seniorTable: tableOf(seniorRows),
    crewTable: crewTableOf(rows.filter(({ passenger }) => 'crew' in passenger && passenger.crew === true)),
    mediumOf(id) {
      const { medium: kind, account } = rows.find(({ passenger }) => passenger.id === id) ?? {};
      return kind !== undefined && account !== undefined && isOurs(kind) ? { kind, account } : undefined;
    },
    mediaOf: who =>
      rows.flatMap(({ passenger, medium: kind, account }) =>
        personOf(passenger) === personOf(who) && isOurs(kind) ? [{ kind, account }] : [],
      ),
  };
}

function isSenior(passenger: Passenger): boolean {
  return passenger.medium === 't-union' && passenger.kind === 'senior';
}

function crewTableOf(rows: readonly Row[]): string {
  return ['medium,account', ...rows.map(({ medium, account }) => `${medium},${account}`), ''].join('\n');
}

function tableOf(rows: readonly Row[]): string {
  const lines = rows.map(
    ({ passenger: { phone, name }, medium, account }) => `${phone},${name},${medium},${account}`,
  );
  return ['phone,name,medium,account', ...lines, ''].join('\n');
}
