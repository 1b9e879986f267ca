/** The testers' program as a process: what the commands come to is its exit code, and it says so where it is looked for. */
import * as assert from 'uvu/assert';
import { suite } from '../harness.ts';
import { runSimProcess } from './run-sim.ts';

suite('sim as a process', test => {
  test('done 0, refused 1, wrong usage 2', async () => {
    const [done, refused, wrong] = await Promise.all(
      [
        ['feed', 'generate', '--links', '1', '--seed', '7'],
        ['fare', '--gtfs', '/nowhere', '--line', '2', '--from', 'a', '--to', 'b', '--medium', 'bmac'],
        ['feed', 'keys', '/nowhere'],
      ].map(words => runSimProcess(words)),
    );
    assert.match(done?.output ?? '', /^medium,account,person,status\n.+\n$/);
    assert.equal([done?.code, done?.errors], [0, '']);
    assert.match(refused?.output ?? '', /^\{"error":"[^\n]*\/nowhere[^\n]*\n$/);
    assert.equal([refused?.code, refused?.errors], [1, '']);
    assert.match(wrong?.errors ?? '', /^[^\n]*\/nowhere[^\n]*\n$/);
    assert.equal([wrong?.code, wrong?.output], [2, '']);
  });
});
