/** The passengers as they are now: whose media are linked to a health code, and what that code says. */
import type { Status } from '../../../device/core/check.ts';
import type { Identity } from '../../backoffice/store/vault.ts';
import { noPassenger, type Passenger, personOf } from '../passengers.ts';

export interface Roster {
  passengers(): readonly Passenger[];
  /** @throws WrongUsage where there is no such passenger */
  find(id: string): Passenger;
  /** The first passenger who is this person. */
  ofPerson(who: Identity): Passenger | undefined;
  isLinked(who: Identity): boolean;
  setLinked(who: Identity, isLinked: boolean): void;
  /** Sets the health code and links it; `none` unlinks. */
  setHealth(who: Identity, health: Status | 'none'): void;
}

export function createRoster(passengers: readonly Passenger[]): Roster {
  /** By person. The health-code source says green of everybody else. */
  const codes = new Map<string, Status>();
  const linked = new Set<string>();
  for (const passenger of passengers) setHealth(passenger, passenger.health);

  function setLinked(who: Identity, isLinked: boolean): void {
    if (isLinked) linked.add(personOf(who));
    else linked.delete(personOf(who));
  }

  function setHealth(who: Identity, health: Status | 'none'): void {
    setLinked(who, health !== 'none');
    if (health !== 'none') codes.set(personOf(who), health);
  }

  function healthOf(person: string): Status | 'none' {
    return linked.has(person) ? (codes.get(person) ?? 'green') : 'none';
  }

  return {
    passengers: () => passengers.map(passenger => ({ ...passenger, health: healthOf(personOf(passenger)) })),
    find(id) {
      const passenger = passengers.find(each => each.id === id);
      if (passenger === undefined) throw noPassenger(id, passengers);
      return passenger;
    },
    ofPerson: who => passengers.find(each => personOf(each) === personOf(who)),
    isLinked: who => linked.has(personOf(who)),
    setLinked,
    setHealth,
  };
}
