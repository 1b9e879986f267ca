/** The console's section of the settings. */
import { z } from 'zod';
import { section } from '../kit/yaml-file.ts';
import { serialLine, wire } from './values.ts';

/** A PHC string of scrypt: what `fare-validator hash-pin` prints. Its costs are limited: a trial takes some 0.2 s. */
export const pinHashPattern =
  /^\$scrypt\$ln=(1[0-7]),r=([1-8]),p=([1-8])\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{43})$/;

export const consoleLine = section({
  path: wire,
  ...serialLine,
  /** The hash of the PIN that technicians log in by; left out, whoever is at the line may do everything. */
  pin: z.string().regex(pinHashPattern, 'must be what `hash-pin` prints: $scrypt$ln=…').optional(),
  /** A technician who types nothing for so long is logged out. */
  idleS: z.int().min(1).max(86_400).default(600),
  /** What a session begins with. */
  language: z.enum(['en', 'zh']).default('en'),
  /** Offers telnet at once, for telnet clients that wait for it; on no other wire. */
  telnet: z.boolean().default(false),
});
