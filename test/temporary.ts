/** Directories for one test, removed at its end. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from './harness.ts';

export function temporaryDirectory({ after }: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'validator-test-'));
  after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
