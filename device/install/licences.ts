/** The licences of what is in the package, as their authors wrote them. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** @param folders of npm packages @throws for one that says nothing of its licence */
export function licencesOf(folders: readonly string[]): string {
  return folders.map(licenceOf).join('');
}

function licenceOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const texts = readdirSync(folder)
    .filter(file => /^(licen[cs]e|copying|notice)/i.test(file))
    .sort()
    .map(file => readFileSync(join(folder, file), 'utf8').trim());
  if (license === undefined && texts.length === 0) throw new Error(`${folder}: no licence`);
  const heading = `${'-'.repeat(80)}\n${name} ${version} (npm): ${license ?? 'see below'}`;
  return `${[heading, ...texts].join('\n\n')}\n\n`;
}

/** Where Node's own packages and archives have it. @throws where there is none: Node may not be passed on without */
export function nodeLicence(node: string): Buffer {
  const places = [
    resolve(dirname(node), '../LICENSE'),
    '/usr/share/doc/nodejs/LICENSE',
    '/usr/share/doc/nodejs/copyright',
  ];
  for (const place of places) {
    try {
      return readFileSync(place);
    } catch {}
  }
  throw new Error(`Node's licence is in none of ${places.join(', ')}`);
}
