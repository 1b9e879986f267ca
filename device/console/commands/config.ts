/** `config`: the settings in force, without what is secret in them. */
import { stringify } from 'yaml';
import { z } from 'zod';
import { hideUserinfo } from '../../kit/address.ts';
import { command } from '../command.ts';

export const config = command({
  name: 'config',
  usage: '',
  example: 'config',
  help: { en: 'the settings in force, defaults filled in', zh: '生效的设置（含默认值，隐去密码）' },
  access: 'technician',
  /** As in docs/formats/settings.md. */
  schema: z.looseObject({ device: z.string(), line: z.string() }),
  run: ({ config }) => withoutSecrets(config),
  tell: data => stringify(data).trimEnd(),
});

function withoutSecrets<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (key, part) => {
    if (key === 'pin') return '***';
    return typeof part === 'string' ? hideUserinfo(part) : part;
  });
}
