/** `confirm`: the crew's word on the passenger who was left to them last, and how that stands. */
import type { Confirming, CrewCheck } from '../core/crew-check.ts';
import { refusedForMs } from '../core/crew-check.ts';
import type { CrewDesk } from '../tap/crew-desk.ts';
import type { Command } from './context.ts';
import { duration } from './format.ts';

export const confirm: Command = {
  name: 'confirm',
  usage: '',
  help: "as the crew's key: whoever was left to the crew last may ride",
  run: ({ crew, policy }) => {
    const confirming = crew.confirm('console');
    const window = ` within ${policy().crewCheck.windowS} s`;
    return confirmingText(confirming) + (confirming.outcome === 'confirmed' ? window : '');
  },
};

/** What a confirmation came to, for a technician. */
export function confirmingText(confirming: Confirming): string {
  switch (confirming.outcome) {
    case 'confirmed':
      return `seq ${confirming.tap.row} (${confirming.tap.verdict}): its medium's next tap rides`;
    case 'already':
      return `seq ${confirming.tap.row} (${confirming.tap.verdict}) has been confirmed before`;
    case 'companion':
      return `seq ${confirming.tap.row}: its medium's next tap pays for a companion`;
    case 'nothing':
      return 'nobody: no passenger was left to the crew within two minutes';
  }
}

/** One line for `status`. */
export function crewInShort(
  crew: Pick<CrewDesk, 'state'>,
  { crewCheck }: { readonly crewCheck: { readonly windowS: number } },
  nowMs: number,
): string {
  const { refused, confirmed }: CrewCheck = crew.state();
  const left = confirmed === undefined ? 0 : confirmed.atMs + crewCheck.windowS * 1000 - nowMs;
  if (confirmed !== undefined && left > 0) {
    return `seq ${confirmed.tap.row} confirmed, its medium rides for another ${duration(left)}`;
  }
  if (refused === undefined || nowMs - refused.atMs > refusedForMs) return 'nobody to confirm';
  return `seq ${refused.row} (${refused.verdict}) may be confirmed`;
}
