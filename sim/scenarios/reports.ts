/** What came of the scenarios: for people, as TAP 14, as JUnit XML. */
import junit, { type Builder } from 'junit-report-builder';
import { stringify } from 'yaml';
import type { Failure, ScenarioResult } from './run-scenario.ts';

/** One scenario for people. */
export function describeResult(result: ScenarioResult): string {
  const { scenario, seconds, failures, skipped } = result;
  if (skipped !== undefined) return `skip  ${scenario.name}: ${skipped}\n`;
  const head = `${failures.length === 0 ? 'ok  ' : 'FAIL'}  ${scenario.name} (${seconds.toFixed(1)} s)\n`;
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
  // A `#` would begin a directive, a backslash quotes it.
  const name = scenario.name.replace(/[\\#]/g, character => `\\${character}`);
  const head = `${first === undefined ? 'ok' : 'not ok'} ${number} - ${name}${skipped === undefined ? '' : ` # SKIP ${skipped}`}\n`;
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
  // Its types take it for a module with a default export; it is the builder itself.
  const builder = (junit as unknown as Builder).newBuilder();
  const suite = builder.testSuite().name('scenarios');
  for (const result of results) {
    const { scenario, seconds, failures } = result;
    const test = suite.testCase().className('scenarios').name(printable(scenario.name)).time(seconds);
    test.file(scenario.file);
    if (result.skipped !== undefined) test.skipped();
    if (failures.length > 0) {
      test.failure(printable(failures.map(failure => describeFailure(result, failure)).join('\n')));
    }
  }
  return builder.build();
}

function placeOf(file: string, { place }: Failure): string {
  return `${file}:${place.line}:${place.column}`;
}

/** XML 1.0 has no control characters of ASCII's first 32 but tab and line ends, not even escaped. */
function printable(text: string): string {
  return text.replace(/(?![\t\n\r\u007f-\u009f])\p{Cc}|[\ufffe\uffff]/gu, '\ufffd');
}
