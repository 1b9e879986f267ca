/** What a PC/SC card reader's process runs. */
import { z } from 'zod';
import { serve } from '../hosted/serve.ts';
import { createPcscDriver } from './pcsc-driver.ts';

const settings = z.object({ name: z.string(), reader: z.string().optional() });

serve((given, hosting) => createPcscDriver(settings.parse(given), hosting));
