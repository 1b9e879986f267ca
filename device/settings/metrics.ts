/** The settings of the metrics' port: where a monitoring system reads how the validator is. */
import { z } from 'zod';
import { section } from '../kit/yaml-file.ts';

/** The longest path of a socket, unix(7), without its last zero. */
const maxPathBytes = 107;

export type ListenAt = { readonly host: string; readonly port: number } | { readonly path: string };

/** @returns undefined for what is neither host:port nor unix:/path */
function parseListen(text: string): ListenAt | undefined {
  const [, path] = /^unix:(\/\S+)$/.exec(text) ?? [];
  if (path !== undefined) return Buffer.byteLength(path) <= maxPathBytes ? { path } : undefined;
  const [, ipv6, name, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:/[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = ipv6 ?? name;
  const port = Number(digits);
  return host === undefined || port < 1 || port > 65_535 ? undefined : { host, port };
}

const listenAt = z.string().transform((text, context) => {
  const parsed = parseListen(text);
  if (parsed !== undefined) return parsed;
  context.addIssue({
    code: 'custom',
    message: `must be host:port or unix:/path, of ${maxPathBytes} bytes at most`,
  });
  return z.NEVER;
});

export const metrics = section({ listen: listenAt });
