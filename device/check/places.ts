/** The files and directories that the firmware writes: whether it can, and who else may. */
import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { whyNoJournal } from '../journal/journal-header.ts';
import { messageOf } from '../kit/errors.ts';
import { checkOwnDirectory, checkOwnFile, foundAt, readableByOthers } from '../kit/own-file.ts';
import { type Config, secretsOf } from '../settings/config.ts';
import type { Findings } from './findings.ts';

/** The journal's log and the next sync need that much. */
const enoughFreeBytes = 32 << 20;

/** @param config with absolute paths */
export function checkPlaces(config: Config, findings: Findings): void {
  const { journal, links, feed, speakers } = config;
  const home = dirname(journal);
  whatStands(findings, () => {
    checkOwnDirectory(home);
    for (const end of ['', '-wal', '-shm', '-seq', '-key', '-uplink']) checkOwnFile(`${journal}${end}`);
  });
  whatStands(findings, () => checkOwnDirectory(links.cache));
  if (!existsSync(home)) findings.problem('there is no such directory: the journal belongs in it', home);
  else mayWriteIn(home, 'the journal', findings);
  if (foundAt(journal)?.isFile()) checkJournalFile(journal, findings);
  if (feed !== undefined) mayWriteIn(nearest(links.cache), 'the link cache', findings);
  else if (!existsSync(links.cache))
    findings.warning('there is no link cache, and no feed that would fill it', links.cache);
  else if (!foundAt(links.cache)?.isDirectory()) findings.problem('is no directory', links.cache);
  for (const speaker of speakers)
    if (speaker.driver === 'alsa' && !existsSync(speaker.prompts))
      findings.problem(
        `there is no such folder: the recordings of ${speaker.name} belong in it`,
        speaker.prompts,
      );
  for (const path of readableByOthers(secretsOf(config)))
    findings.warning(`others may read it: chmod ${foundAt(path)?.isDirectory() ? 700 : 600} ${path}`, path);
}

function whatStands(findings: Findings, check: () => void): void {
  try {
    check();
  } catch (error) {
    findings.problem(messageOf(error));
  }
}

function mayWriteIn(directory: string, what: string, findings: Findings): void {
  try {
    if (!statSync(directory).isDirectory()) throw new Error('is no directory');
    accessSync(directory, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = statfsSync(directory);
    const freeBytes = bavail * bsize;
    if (freeBytes < enoughFreeBytes)
      findings.warning(`only ${Math.floor(freeBytes / 1024)} KiB are free where ${what} is`, directory);
  } catch (error) {
    findings.problem(`${what} cannot be written: ${messageOf(error)}`, directory);
  }
}

/** The directory itself, or the nearest one around it, in which it would be made. */
function nearest(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearest(dirname(path));
}

/** Without opening it: SQLite would leave files beside it that belong to whoever checks. */
function checkJournalFile(journal: string, findings: Findings): void {
  whatStands(findings, () => {
    accessSync(journal, constants.R_OK | constants.W_OK);
    const why = whyNoJournal(journal);
    if (why === 'newer') findings.problem('belongs to a newer firmware', journal);
    if (why === 'foreign')
      findings.warning('is no journal: the start sets it aside and begins a new one', journal);
  });
}
