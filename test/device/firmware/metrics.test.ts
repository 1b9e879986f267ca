/** The metrics of a firmware that runs, over a Unix socket. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import * as assert from 'uvu/assert';
import { suite, until } from '../../harness.ts';
import { promtool } from '../metrics/promtool.ts';
import { startStand } from './stand.ts';

async function scrape(socketPath: string): Promise<string> {
  const asked = request({ socketPath, path: '/metrics', agent: false }).end();
  const [response] = await once(asked, 'response');
  assert.is(response.statusCode, 200);
  return text(response);
}

suite('metrics of the firmware', test => {
  test.needing(
    promtool,
    'a tap and a fault are in them; they are there again after a power cut',
    async context => {
      let socket = '';
      const stand = await startStand(context, {
        async prepare({ directory }) {
          socket = join(directory, '..', 'metrics.sock');
          return { metrics: { listen: `unix:${socket}` } };
        },
      });
      await until('the port', () =>
        stand.log.some(({ event, part }) => event === 'part-ready' && part === 'metrics'),
      );
      assert.is((await stand.tap(stand.crowd.tUnion('green'))).verdict, 'pass');
      await stand.post.scanner.close();
      const told = (line: string) => until(line, async () => (await scrape(socket)).includes(`\n${line}\n`));
      await told('fare_validator_taps_total{verdict="pass",medium="t-union"} 1');
      await told('fare_validator_alarm{code="C19"} 1');
      await told('fare_validator_service{service="cards-only"} 1');
      const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
        input: await scrape(socket),
        encoding: 'utf8',
      });
      assert.equal([status, stdout + stderr], [0, '']);
      await stand.cutPower();
      await until('the port again', () =>
        scrape(socket).then(
          now => now.includes('fare_validator_build_info'),
          () => false,
        ),
      );
    },
  );
});
