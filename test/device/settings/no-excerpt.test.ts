/** A file that is not what was meant, /etc/passwd for instance: errors name the place, and nothing that stands there. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { messageOf } from '../../../device/kit/errors.ts';
import { readTrustFile } from '../../../device/settings/trust-file.ts';
import { readMediaTable } from '../../../sim/backoffice/media-owners/media-table.ts';
import { readPeople } from '../../../sync/publisher/table/people.ts';
import { suite } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { textReaders } from './text-readers.ts';

const readers: Record<string, (path: string) => unknown> = {
  ...textReaders,
  trust: readTrustFile,
  table: path => readPeople(path, () => undefined),
  media: path => readMediaTable(path, () => undefined),
};

const files: Record<string, string> = {
  passwd: 'SECRET:x:0:0:SECRET:/root:/bin/bash\nSECRET:x:1:1:/:/x\n',
  'a word': 'SECRET',
  'YAML of others':
    'SECRET: SECRET\nSECRET SECRET: [SECRET]\nname: [SECRET]\nsteps: SECRET\nlines: [SECRET SECRET]\n',
  'YAML of others, nearly ours':
    'device: SECRET SECRET\nline: { SECRET: 1 }\nlinks: { SECRET: 1 }\ncodeReaders: [{ name: SECRET x }, { name: SECRET x, driver: SECRET }]\npassengers: [SECRET, { id: SECRET, medium: SECRET }]\nsteps: [SECRET, { tap: 1, expect: { SECRET: 1, console: { SECRET SECRET: {} } } }]\n',
  'broken YAML': 'a: *SECRET\nb: !SECRET x\nc: "\\SECRET"\nd: |SECRET\n@SECRET\n%SECRET\n',
  'an alias': 'a: *SECRET\n',
  'a tag': 'a: !SECRET x\n',
  'a tag of a list': 'a: !SECRET [x]\n',
  'a block': 'a: |SECRET\n',
  'a directive': '%SECRET x\n---\na: 1\n',
  JSON: '{"SECRET": "SECRET", "applications": [{"SECRET": 1, "files": {"SECRET SECRET": "x"}}], "keys": [{"id": "SECRET", "key": "SECRET"}], "lines": [{"line": "2", "SECRET": 1, "stops": "SECRET"}], "rootRecords": ["SECRET"]}',
  'broken JSON': '{"SECRET": "SECRET", SECRET}',
  CSV: 'SECRET,SECRET,SECRET\n"SECRET"x,1\n',
  'a table': 'medium,account,person,status\nSECRET,SECRET,SECRET,SECRET\n',
  'a table with a quote': 'medium,account,person,status\n"SECRET"x,1,SECRET,SECRET\n',
  'a table of owners': 'phone,name,medium,account\nSECRET 1,SECRET 1,SECRET,SECRET\n',
};

suite('errors quote no file', test => {
  for (const [what, read] of Object.entries(readers)) {
    test(what, async context => {
      const path = join(temporaryDirectory(context), 'given');
      for (const [name, text] of Object.entries(files)) {
        writeFileSync(path, text);
        let told: string | undefined;
        try {
          await read(path);
        } catch (error) {
          told = messageOf(error);
        }
        // One line's stops may be missing: then there are none.
        if (told === undefined) assert.is(what, 'stops', name);
        assert.not(told?.includes('SECRET'), `${name}: ${told}`);
        assert.ok(told?.startsWith(path) ?? true, `${name}: ${told}`);
      }
    });
  }
});
