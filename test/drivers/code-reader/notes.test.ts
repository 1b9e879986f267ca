/** What a technician is told of a part, and for how long. */
import * as assert from 'uvu/assert';
import { createNotes } from '../../../drivers/code-reader/notes.ts';
import { suite, until } from '../../harness.ts';

suite('notes', test => {
  test('each is told once, with those before it, and taken back when none has come for a while', async context => {
    const told: string[] = [];
    const notes = createNotes(text => told.push(text), 50);
    context.after(notes.stop);
    for (const text of ['a', '', 'a', 'b', 'a']) notes.add(text);
    assert.equal(told, ['a', 'a; b']);
    await until('they are taken back', () => told.length > 2);
    notes.add('a');
    assert.equal(told, ['a', 'a; b', '', 'a']);
  });
});
