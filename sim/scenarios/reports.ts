/** Reports the results of scenarios: for people, as TAP 14, as JUnit XML. */
import { createRequire } from 'node:module';
import type { Builder } from 'junit-report-builder';
import { stringify } from 'yaml';
import { printable, printableLines } from '../../device/kit/printable.ts';
import type { Failure, ScenarioResult } from './run-scenario.ts';

// `import` first searches all of its text for what it exports: that takes as long as running it.
const junit: Builder = createRequire(import.meta.url)('junit-report-builder');

/** One scenario for people. */
export function describeResult(result: ScenarioResult): string {
  const { scenario, seconds, failures, skipped } = result;
  const name = printable(scenario.name);
  if (skipped !== undefined) return `skip  ${name}: ${printable(skipped)}\n`;
  const head = `${failures.length === 0 ? 'ok  ' : 'FAIL'}  ${name} (${seconds.toFixed(1)} s)\n`;
  const told = failures.map(failure => describeFailure(result, failure).replaceAll('\n', '\n        '));
  return head + told.map(text => `      ${text}\n`).join('');
}

export function describeFailure({ scenario }: ScenarioResult, failure: Failure): string {
  const { what, expected, got } = failure;
  return `${placeOf(scenario.file, failure)}: ${what}: ${expected === undefined ? '' : `expected ${expected}, got `}${got}`;
}

export function tapHead(count: number): string {
  return `TAP version 14\n1..${count}\n`;
}

/** @param number from 1 */
export function tapResult(result: ScenarioResult, number: number): string {
  const { scenario, seconds, failures, skipped } = result;
  const [first] = failures;
  // In TAP a `#` begins a directive; a backslash escapes it.
  const name = printable(scenario.name.replace(/[\\#]/g, character => `\\${character}`));
  const head = `${first === undefined ? 'ok' : 'not ok'} ${number} - ${name}${skipped === undefined ? '' : ` # SKIP ${printable(skipped)}`}\n`;
  const details = {
    file: scenario.file,
    seconds: Number(seconds.toFixed(1)),
    ...(first !== undefined && {
      failures: failures.map(({ place, what, expected, got }) => ({ ...place, what, expected, got })),
    }),
  };
  const block = stringify(details).trimEnd().replace(/^/gm, '  ');
  return `${head}  ---\n${block}\n  ...\n`;
}

export function junitReport(results: readonly ScenarioResult[]): string {
  const builder = junit.newBuilder();
  const suite = builder.testSuite().name('scenarios');
  for (const result of results) {
    const { scenario, seconds, failures } = result;
    const test = suite
      .testCase()
      .className('scenarios')
      .name(forXml(printable(scenario.name)))
      .time(seconds);
    test.file(scenario.file);
    if (result.skipped !== undefined) test.skipped();
    if (failures.length > 0) {
      test.failure(forXml(failures.map(failure => describeFailure(result, failure)).join('\n')));
    }
  }
  return builder.build();
}

function placeOf(file: string, { place }: Failure): string {
  return `${printable(file)}:${place.line}:${place.column}`;
}

/** XML 1.0 allows hardly any control characters, not even escaped, nor these two. */
function forXml(text: string): string {
  return printableLines(text).replace(/[\ufffe\uffff]/g, '\ufffd');
}
