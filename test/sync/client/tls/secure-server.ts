/** A web server over TLS with a certificate of a test's own authority, and a process that trusts that. */
import { createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from '../../../harness.ts';
import { type Issued, issue } from './certificates.ts';

const dayMs = 86_400_000;

/** Serves the files of a directory. @returns its address, without a slash at the end */
export async function serveSecurely(
  { after }: TestContext,
  directory: string,
  { key, certificate }: Issued,
): Promise<string> {
  const server = createServer({ key, cert: certificate }, (request, response) => {
    const file = join(directory, String(request.url));
    if (existsSync(file)) createReadStream(file).pipe(response);
    else response.writeHead(404).end();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `https://localhost:${(server.address() as AddressInfo).port}`;
}

/**
 * A certificate for localhost that is good from a day before an instant to a day after, under a root of its own.
 * @param at Unix milliseconds
 */
export function issueFor(at: number, directory: string): { readonly root: Issued; readonly leaf: Issued } {
  const extensions = ['basicConstraints = critical, CA:TRUE', 'keyUsage = critical, keyCertSign'];
  const root = issue(directory, { name: 'root', from: 0, to: at + 4000 * dayMs, extensions });
  const leaf = issue(directory, {
    name: 'leaf',
    issuer: root,
    from: at - dayMs,
    to: at + dayMs,
    extensions: ['subjectAltName = DNS:localhost'],
  });
  return { root, leaf };
}

/** Node processes started from now on trust this root; Node itself reads the name of the file at its start only. */
export function trustAlso({ after }: TestContext, file: string): void {
  const before = process.env.NODE_EXTRA_CA_CERTS;
  process.env.NODE_EXTRA_CA_CERTS = file;
  after(() => {
    if (before === undefined) delete process.env.NODE_EXTRA_CA_CERTS;
    else process.env.NODE_EXTRA_CA_CERTS = before;
  });
}
