/** The loopback reader in a process of its own: shows what hosting adds and takes, without pcscd. */
import { z } from 'zod';
import { serve } from '../../../../drivers/card-reader/hosted/serve.ts';
import { createVpcdReader } from '../../../../drivers/card-reader/vpcd.ts';

const settings = z.object({ name: z.string(), host: z.string(), port: z.int(), apduTimeoutMs: z.int() });

serve(given => createVpcdReader(settings.parse(given)));
