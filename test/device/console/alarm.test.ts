/** `alarm`: the codes that there are, and what each is about, in both languages. */
import * as assert from 'uvu/assert';
import { Refusal } from '../../../device/console/command.ts';
import { alarm } from '../../../device/console/commands/alarm.ts';
import type { ConsoleContext } from '../../../device/console/context.ts';
import { DeviceError } from '../../../device/kit/errors.ts';
import { createParts } from '../../../device/parts.ts';
import { suite } from '../../harness.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };

async function ask(
  faults: readonly (readonly ['card-reader' | 'gnss', string, string])[],
  ...args: string[]
) {
  const parts = createParts(silent);
  for (const [kind, name, problem] of faults)
    parts.add(kind, name).fault(new DeviceError('timeout', name, problem));
  const dialogue = { say() {}, ask: async () => undefined };
  return alarm.run({ parts } as unknown as ConsoleContext, args, dialogue, new AbortController().signal);
}

suite('console: alarm', test => {
  test('those that there are now, each once, with the parts that have it', async () => {
    const answer = await ask([
      ['gnss', 'gnss', 'nothing heard for 1900 ms'],
      ['card-reader', 'a', 'no reader is plugged in'],
      ['card-reader', 'b', 'no reader is plugged in'],
    ]);
    assert.not.instance(answer, Refusal);
    if (answer instanceof Refusal) return;
    assert.equal(
      alarm.schema.parse(answer).alarms.map(({ code, parts }) => [code, parts]),
      [
        ['R11', ['card-reader a', 'card-reader b']],
        ['G11', ['gnss gnss']],
      ],
    );
    assert.match(
      alarm.tell(answer, 'en'),
      /^R11 \(card-reader a, card-reader b\): .*\n {2}Plug the reader in.*\n {2}At the terminus/,
    );
    assert.match(alarm.tell(answer, 'zh'), /R11 .*没有插读卡器[\s\S]*插好读卡器[\s\S]*到终点站后/);
  });

  test('one that is named, in whatever letters; one that does not exist is refused', async () => {
    const answer = await ask([], 'j12');
    assert.ok(!(answer instanceof Refusal) && answer.alarms.length === 1);
    if (!(answer instanceof Refusal)) assert.match(alarm.tell(answer, 'en'), /^J12: The disk is full/);
    const refused = await ask([], 'Z99');
    assert.ok(refused instanceof Refusal && refused.code === 'usage');
    const none = await ask([]);
    assert.ok(!(none instanceof Refusal) && alarm.tell(none, 'en') === 'no alarm');
  });
});
