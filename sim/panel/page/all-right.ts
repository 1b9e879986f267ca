/** What is set wrong around the validators, as the commands that put it right. */
import type { PanelState } from '../protocol.ts';

/** What each can be set to when nothing is wrong; the data last, since it needs disk, clock and network. */
const rightWords: Readonly<Record<string, string>> = {
  unplug: 'in',
  disk: 'ok',
  reader: 'in',
  psam: 'in',
  freeze: 'off',
  gnss: 'fix',
  clock: 'ok',
  network: 'on',
  data: 'fresh',
  source: 'ok',
};
const alsoRight = ['clock 0'];

/** @returns nothing if all is right */
export function commandsToRight({ settings }: Pick<PanelState, 'settings'>): string[] {
  return Object.entries(rightWords).flatMap(([name, right]) =>
    Object.entries(settings)
      .filter(([about]) => about.split(' ', 1)[0] === name)
      .filter(([, word]) => word !== right && !alsoRight.includes(`${name} ${word}`))
      .map(([about]) => `${about} ${right}`),
  );
}
