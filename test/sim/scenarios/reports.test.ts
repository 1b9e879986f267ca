import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { describeResult, junitReport, tapHead, tapResult } from '../../../sim/scenarios/reports.ts';
import { shuffled } from '../../../sim/scenarios/run-all.ts';
import type { ScenarioResult } from '../../../sim/scenarios/run-scenario.ts';
import { suite } from '../../harness.ts';

const scenario = { file: 'a/b.yaml', name: 'Red & <green> #1', given: {}, passengers: [], steps: [] };
const good: ScenarioResult = { scenario, seconds: 1.26, failures: [] };
const bad: ScenarioResult = {
  scenario,
  seconds: 2,
  failures: [
    {
      place: { line: 7, column: 15 },
      what: 'tap front wang: verdict',
      expected: 'pass',
      got: 'ab\u0007normal\nand more',
    },
    { place: { line: 8, column: 5 }, what: 'tap', got: 'refused' },
  ],
};

const skipped: ScenarioResult = { ...good, seconds: 0, skipped: 'needs pcscd' };

suite('reports of scenarios', test => {
  test('one that could not run on this machine', () => {
    assert.is(describeResult(skipped), 'skip  Red & <green> #1: needs pcscd\n');
    assert.is(tapResult(skipped, 3).split('\n')[0], 'ok 3 - Red & <green> \\#1 # SKIP needs pcscd');
    assert.match(junitReport([skipped]), /skipped="1"[\s\S]*<skipped\/>/);
  });

  test('for people', () => {
    assert.is(describeResult(good), 'ok    Red & <green> #1 (1.3 s)\n');
    const text = describeResult(bad);
    assert.ok(text.startsWith('FAIL  Red'));
    assert.match(text, 'a/b.yaml:7:15: tap front wang: verdict: expected pass, got ');
    assert.match(text, 'a/b.yaml:8:5: tap: refused\n');
  });

  test('TAP 14: a plan, a line each, a YAML block that can be read', () => {
    assert.is(tapHead(2), 'TAP version 14\n1..2\n');
    const lines = tapResult(bad, 2).split('\n');
    assert.is(lines[0], 'not ok 2 - Red & <green> \\#1');
    assert.is(lines[1], '  ---');
    assert.equal(lines.slice(-2), ['  ...', '']);
    const block = parse(
      lines
        .slice(2, -2)
        .map(line => line.slice(2))
        .join('\n'),
    );
    assert.is(block.file, 'a/b.yaml');
    assert.equal(block.failures[0], { line: 7, column: 15, ...without(bad.failures[0]) });
    assert.is(tapResult(good, 1).split('\n')[0], 'ok 1 - Red & <green> \\#1');
  });

  test('JUnit: counts, names and failures, escaped', () => {
    const xml = junitReport([good, bad]);
    assert.match(xml, /<testsuites tests="2" failures="1"/);
    assert.match(xml, /name="Red &amp; &lt;green(>|&gt;) #1"/);
    assert.match(xml, /<failure message="a\/b\.yaml:7:15: tap front wang: verdict: expected pass/);
    assert.is(xml.includes('\u0007'), false);
  });

  test('a seed gives an order, the same each time, of all', () => {
    const items = Array.from({ length: 20 }, (_, i) => i);
    assert.equal(shuffled(items, 7), shuffled(items, 7));
    assert.not.equal(shuffled(items, 7), shuffled(items, 8));
    assert.equal(
      shuffled(items, 7).sort((a, b) => a - b),
      items,
    );
  });
});

function without(failure: (typeof bad.failures)[number] | undefined) {
  const { place: _place, ...rest } = failure ?? {};
  return rest;
}
