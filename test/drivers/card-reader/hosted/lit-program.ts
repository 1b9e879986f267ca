/** A reader whose light takes a moment, as one does that is busy with a card; a file notes what it shows. */
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { serve } from '../../../../drivers/card-reader/hosted/serve.ts';

const schema = z.object({ file: z.string(), takesMs: z.number() });

serve(given => {
  const { file, takesMs } = schema.parse(given);
  return {
    name: 'lit',
    open: events => events.ready(),
    async indicate(light) {
      await sleep(takesMs);
      appendFileSync(file, `${light}\n`);
    },
    close: async () => undefined,
  };
});
