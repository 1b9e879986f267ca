/** The process a PC/SC card reader runs in; started by pcsc.ts. */
import { createRequire } from 'node:module';

// One file after the other: `import` would open all of them at once, and this process may have few open.
createRequire(import.meta.url)('./reader-program.js');
