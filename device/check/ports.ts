/** Whether the validator can listen where its settings say. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { parseAddress } from '../kit/address.ts';
import { messageOf } from '../kit/errors.ts';
import type { Config } from '../settings/config.ts';

interface Listening {
  /** Which part of the settings says so. */
  readonly key: string;
  readonly host: string;
  readonly port: number;
}

/** @returns what is wrong, a text each. @param isRunning the validator itself has its ports */
export async function portProblems(config: Config, isRunning: boolean): Promise<string[]> {
  const all = listening(config);
  const twice = all.flatMap((one, i) =>
    all
      .slice(0, i)
      .filter(before => before.port === one.port && before.host === one.host)
      .map(before => `${before.key} and ${one.key} both listen on port ${one.port}`),
  );
  if (isRunning) return twice;
  const taken = await Promise.all(all.map(whyTaken));
  return [...twice, ...taken.filter(why => why !== undefined)];
}

function listening({ cardReaders, psam, console, busLink, metrics }: Config): Listening[] {
  const readers = cardReaders.map((reader, i) => ({ key: `cardReaders[${i}]`, reader }));
  const cards = [...readers, ...(psam === undefined ? [] : [{ key: 'psam', reader: psam }])].flatMap(
    ({ key, reader }) => (reader.driver === 'vpcd' ? [{ key, host: reader.host, port: reader.port }] : []),
  );
  const read = metrics?.listen;
  return [
    ...cards,
    ...tcp('console.path', console?.path),
    ...tcp('busLink.listen', busLink?.listen),
    ...(read !== undefined && 'port' in read ? [{ key: 'metrics.listen', ...read }] : []),
  ];
}

function tcp(key: string, address: string | undefined): Listening[] {
  const parsed = address === undefined ? undefined : parseAddress(address);
  return parsed?.kind === 'tcp' ? [{ key, host: parsed.host, port: parsed.port }] : [];
}

async function whyTaken({ key, host, port }: Listening): Promise<string | undefined> {
  const server = createServer();
  try {
    server.listen({ host, port });
    await once(server, 'listening');
    return undefined;
  } catch (error) {
    return `${key}: cannot listen: ${messageOf(error)}`;
  } finally {
    server.close();
  }
}
