/** Tables read as a stream: the same rows and the same problems as from a string, whatever the bytes. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { WrongUsage } from '../../../../device/kit/errors.ts';
import { type Link, parseLines, parsePeople, readPeople } from '../../../../sync/publisher/table/people.ts';
import { suite, type TestContext } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';

const header = 'medium,account,person,status';
const wang = 't-union,3105100000000000001,wang,green';
const li = 'ride-code,0000000000000000000A,li,red';
const wangLink = { medium: 't-union', account: '3105100000000000001', person: 'wang', status: 'green' };
const liLink = { medium: 'ride-code', account: '0000000000000000000a', person: 'li', status: 'red' };

async function read(context: TestContext, content: string | Uint8Array) {
  const file = join(temporaryDirectory(context), 'people.csv');
  writeFileSync(file, content);
  const visited: [Link, number][] = [];
  await readPeople(file, (row, line) => visited.push([row, line]));
  return visited;
}

async function problemOf(reading: Promise<unknown>): Promise<string> {
  try {
    await reading;
  } catch (error) {
    if (error instanceof WrongUsage) return error.message.replaceAll(/^.*people\.csv: /gm, '');
    throw error;
  }
  throw new Error('read without a problem');
}

suite('people table', test => {
  test('every row is visited with its line; empty lines count, accounts are in lower case', async context => {
    assert.equal(await read(context, `${header}\n${wang}\n\n \n${li}\n`), [
      [wangLink, 2],
      [liLink, 5],
    ]);
    assert.equal(await read(context, `${header}\n`), []);
  });

  test('a byte order mark, \\r\\n, no newline at the end, spaces, columns in another order', async context => {
    const rows = ` ${wang.replaceAll(',', ' , ')}\r\n${li}`;
    const links = (await read(context, `\ufeff${header}\r\n${rows}`)).map(([link]) => link);
    assert.equal(links, [wangLink, liLink]);
    const turned = 'status,person,account,medium\ngreen,wang,3105100000000000001,t-union\n';
    assert.equal(await read(context, turned), [[wangLink, 2]]);
  });

  test('a quoted person may have commas, quotes and newlines', async context => {
    const quoted = 't-union,3105100000000000001,"wang, ""the\nfirst""",green';
    assert.equal(await read(context, `${header}\n${quoted}\n${li}\n`), [
      [{ ...wangLink, person: 'wang, "the\nfirst"' }, 3],
      [liLink, 4],
    ]);
  });

  test('rows and characters that lie across what is read at once', async context => {
    const persons = Array.from({ length: 20_000 }, (_, index) => `王${'李'.repeat(index % 7)}${index}`);
    const rows = persons.map(person => `t-union,3105100000000000001,${person},green\n`);
    const visited = await read(context, `${header}\n${rows.join('')}`);
    assert.equal(
      visited.map(([{ person }]) => person),
      persons,
    );
    assert.is(visited.at(-1)?.[1], 20_001);
  });

  test('every bad line is named, and no account is', async context => {
    const bad = ['t-union,123,li,green', wang, 'metro,1,li,green', 'bmac,1000000000000001,,blue', 'bmac,1'];
    const message = await problemOf(read(context, [header, ...bad].join('\n')));
    const [account, medium, person, status, fields, ...rest] = message.split('\n');
    assert.match(account ?? '', /^line 2: account: must be 19 digits/);
    assert.match(medium ?? '', /^line 4: medium: /);
    assert.match(person ?? '', /^line 5: person: /);
    assert.match(status ?? '', /^line 5: status: /);
    assert.is(fields, 'line 6: has 2 fields, not 4');
    assert.equal(rest, []);
    assert.not.match(message, /123|1000000000000001/);
  });

  test('of many problems 50 are told', async context => {
    const lines = (await problemOf(read(context, `${header}\n${'metro,1,li,green\n'.repeat(60)}`))).split(
      '\n',
    );
    assert.is(lines.length, 51);
    assert.match(lines[49] ?? '', /^line 51: medium: /);
    assert.is(lines[50], 'and 10 more');
  });

  test('another header, or none', async context => {
    const wrong = 'line 1: the header must be medium,account,person,status';
    assert.is(await problemOf(read(context, '')), wrong);
    assert.is(await problemOf(read(context, `${wang}\n`)), wrong);
    assert.is(await problemOf(read(context, `${header},${header}\n`)), wrong);
    assert.is(await problemOf(read(context, 'medium,account,person,person\n')), wrong);
  });

  test('a quote out of place, an over-long row, a NUL byte', async context => {
    const stray = 't-union,3105100000000000001"0,wang,green';
    assert.is(
      await problemOf(read(context, `${header}\n${wang}\n${stray}\n`)),
      'line 3: a quote inside a field; nothing after it was read',
    );
    const open = `${header}\n"${wang}\n`;
    assert.match(
      await problemOf(read(context, open)),
      /^line 2: a quote is not closed; nothing after it was read$/,
    );
    const long = `${header}\n${wang}\n${'x'.repeat(5000)}`;
    assert.is(
      await problemOf(read(context, long)),
      'line 3: is longer than 4096 bytes; nothing after it was read',
    );
    const withNul = `${header}\n${wang.replace('t-u', 't\0u')}\n`;
    assert.match(await problemOf(read(context, withNul)), /^line 2: has a NUL byte/);
  });

  test('text that is not UTF-8, also where it is cut short', async context => {
    const notUtf8 = Buffer.from(`${header}\n${wang.replace('wang', 'w\xe4ng')}\n`, 'latin1');
    assert.match(
      await problemOf(read(context, notUtf8)),
      /^line 2: byte E4 is not UTF-8; it looks like GB18030/,
    );
    const cut = Buffer.from([...Buffer.from(header), 0xe7]);
    assert.match(await problemOf(read(context, cut)), /^line 1: byte E7 is not UTF-8: it ends in the middle/);
  });

  test('no such file, a directory', async context => {
    const directory = temporaryDirectory(context);
    assert.match(await problemOf(readPeople(join(directory, 'none'), () => undefined)), /none: ENOENT/);
    assert.match(await problemOf(readPeople(directory, () => undefined)), /EISDIR/);
  });

  test('what the visitor throws ends the reading and comes through as it is', async context => {
    const file = join(temporaryDirectory(context), 'people.csv');
    writeFileSync(file, `${header}\n${`${wang}\n`.repeat(10)}`);
    const thrown = new Error('enough');
    let visits = 0;
    const reading = readPeople(file, () => {
      visits++;
      throw thrown;
    });
    assert.is(await reading.catch(error => error), thrown);
    assert.is(visits, 1);
  });
});

suite('lines of a people table', test => {
  test('are read in the order of the header', () => {
    assert.equal(parseLines(header, [wang, li], 'people'), [wangLink, liLink]);
    const turned = ['red,li,0000000000000000000A,ride-code'];
    assert.equal(parseLines('status,person,account,medium', turned, 'people'), [liLink]);
    assert.equal(parseLines(header, [], 'people'), []);
  });

  test('bad ones are named as in a whole table', () => {
    assert.throws(
      () => parseLines(header, [wang, 'bmac,1,li,green'], 'changes'),
      /^changes: line 3: account: /,
    );
    assert.throws(
      () => parsePeople(`${header}\n${'bmac,1,li,green\n'.repeat(51)}`, 'table'),
      /^table: line 2: account: [\s\S]*\nand 1 more$/,
    );
  });
});
