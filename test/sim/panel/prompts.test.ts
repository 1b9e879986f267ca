import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fastify from 'fastify';
import * as assert from 'uvu/assert';
import { addPrompts } from '../../../sim/panel/prompts.ts';
import { makeRecording } from '../../../sim/voice/make-voice.ts';
import { suite } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

suite("panel's recordings", test => {
  test('one that could not be made is tried again; one that was made is kept', async context => {
    const directory = temporaryDirectory(context);
    const file = (name: string) => join(directory, name);
    writeFileSync(file('words.wav'), await makeRecording({ tone: true, zh: '' }));
    // Fails the first time, and counts.
    const script = `#!/bin/sh
cd '${directory}' && echo made >> made
[ "$(wc -l < made)" -gt 1 ] && exec cat words.wav
exit 1
`;
    writeFileSync(file('espeak-ng'), script);
    chmodSync(file('espeak-ng'), 0o755);
    const { PATH } = process.env;
    process.env.PATH = `${directory}:${PATH}`;
    context.after(() => {
      process.env.PATH = PATH;
    });
    const server = fastify();
    context.after(() => server.close());
    addPrompts(server);
    const ask = async () => (await server.inject('/api/prompts/see-crew.wav')).statusCode;
    assert.equal([await ask(), await ask(), await ask()], [500, 200, 200]);
  });
});
