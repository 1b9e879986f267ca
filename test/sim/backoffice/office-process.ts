/**
 * A back office as a program of its own, whose registration is driven as JSON: POST /drive/METHOD with the arguments.
 * Its one argument is the directory; media.csv in it is imported.
 */
import { join } from 'node:path';
import type { FastifyPluginAsync } from 'fastify';
import { createLog } from '../../../device/kit/log.ts';
import { startBackOffice } from '../../../sim/backoffice/backoffice.ts';
import type { Registration } from '../../../sim/backoffice/registration/registration.ts';

export function driver(registration: Registration): FastifyPluginAsync {
  const methods = ['requestCode', 'verify', 'ownState', 'consent', 'withdraw'] as const;
  return async server => {
    for (const name of methods) {
      const call = registration[name] as (...given: unknown[]) => Promise<unknown>;
      server.post(`/drive/${name}`, async request => ({
        result: await call(...(request.body as unknown[])),
      }));
    }
  };
}

const [, program, directory] = process.argv;
if (program !== undefined && import.meta.filename === program && directory !== undefined) {
  const office = await startBackOffice(
    {
      port: 0,
      directory: join(directory, 'data'),
      mediaFile: join(directory, 'media.csv'),
      sim: true,
      codeLimits: { addressPerHour: 1_000_000, networkPerHour: 1_000_000, areaPerHour: 1_000_000 },
      publishTimes: { everyMs: 200, debounceMs: 5, pauseMs: 5, atMost: { publications: 100, withinMs: 1 } },
      log: createLog('warn', 'backoffice'),
    },
    driver,
  );
  const { url, feedUrl, trust } = office;
  process.stdout.write(`${JSON.stringify({ url, feedUrl, ...trust })}\n`);
}
