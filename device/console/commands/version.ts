/** `version`: firmware, runtime and cryptography. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { command } from '../command.ts';
import { columns } from '../format.ts';
import { wordsIn } from '../language.ts';

export const version = command({
  name: 'version',
  usage: '',
  example: 'version',
  help: { en: 'firmware, runtime and cryptography', zh: '固件、运行环境和密码库的版本' },
  access: 'anyone',
  schema: z.object({
    firmware: z.string(),
    node: z.string(),
    openssl: z.string(),
    /** The SM2 implementation that passed its self-test at the start. */
    sm2: z.string(),
    machine: z.string(),
  }),
  run: ({ version, sm2Engine }) => ({
    firmware: version,
    node: process.version,
    openssl: process.versions.openssl,
    sm2: sm2Engine,
    machine: `${process.arch} ${readFileSync('/proc/version', 'utf8').split(' ').slice(0, 3).join(' ')}`,
  }),
  tell({ firmware, node, openssl, sm2, machine }, language) {
    const say = wordsIn(language);
    return columns([
      [say('firmware', '固件'), firmware],
      ['node', node],
      ['openssl', openssl],
      ['sm2', say(`${sm2} (passed its self-test at start)`, `${sm2}（启动自检通过）`)],
      [say('machine', '主机'), machine],
    ]);
  },
});
