/** Turns a table of people into the link cache that a validator reads. */
import type { Status } from '../../device/core/check.ts';
import { type FleetKey, tokenOf } from '../../sync/fleet-keys.ts';
import { writeLinkFile } from '../../sync/link-writer.ts';
import { WrongUsage } from '../wrong-usage.ts';
import type { Link } from './people.ts';

/**
 * @param asOf Unix milliseconds: how fresh the data says it is
 * @throws WrongUsage for a medium linked twice, or a person with two statuses
 */
export function buildLinkFile(path: string, people: readonly Link[], key: FleetKey, asOf: number) {
  const slots = new Map<string, number>();
  const statuses: Status[] = [];
  const media = new Set<string>();
  const links = people.map(({ medium, account, person, status }) => {
    const name = `${medium} ${account}`;
    if (media.has(name)) throw new WrongUsage(`${medium} of person ${person} is in the table twice`);
    media.add(name);
    const slot = slots.get(person) ?? slots.size;
    slots.set(person, slot);
    if ((statuses[slot] ?? status) !== status) throw new WrongUsage(`person ${person} has two statuses`);
    statuses[slot] = status;
    return { token: tokenOf(key, medium, account), slot };
  });
  writeLinkFile(path, { keyId: key.id, linksAsOf: asOf, statusAsOf: asOf, links, statuses });
  return { links: links.length, persons: statuses.length };
}
