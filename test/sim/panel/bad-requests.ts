/** HTTP as no browser sends it: random methods, paths, headers and bodies, right and wrong ones mixed. */
import { connect } from 'node:net';
import { createRandom } from '../../../sim/media/random.ts';

type Choices = readonly [string, ...string[]];

const methods: Choices = [
  'GET',
  'POST',
  'PUT',
  'DELETE',
  'OPTIONS',
  'HEAD',
  'PATCH',
  'TRACE',
  'PROPFIND',
  'FOO',
];
const paths: Choices = [
  '/',
  '/api/command',
  '/api/state',
  '/api/codes/%00.png',
  '/api/codes/%E0%A4%A.png',
  '/api/codes/..%2f.png',
  '/api/cameras/front.png',
  '/api/cameras/rear/picture',
  '/api/consoles/front',
  '/api/recording.yaml',
  '//',
  '/%',
  '*',
  'http://evil.example/',
  '/page/main.js/../..',
  `/${'a'.repeat(3000)}`,
];
const heads: Choices = [
  'Content-Type: application/json',
  'Content-Type: image/png',
  'Expect: 100-continue',
  'Expect: something',
  'Transfer-Encoding: chunked',
  'Content-Length: 5',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Key: x',
  'Sec-WebSocket-Version: 99',
  'Accept-Encoding: gzip',
  'Content-Encoding: gzip',
  'Range: bytes=0-0',
  'If-None-Match: *',
  'Origin: null',
  `X: ${'y'.repeat(5000)}`,
];
const bodies: Choices = ['', '{}', '{"line":"dance"}', '5\r\nabcde\r\n0\r\n\r\n', '{"line":'];

/** What a foreign site's page, or a name made to point here, would send: which header is wrong, and the headers. */
export function foreignHeaders(port: number): readonly [string, Readonly<Record<string, string>>][] {
  return [
    ['Host', { host: 'evil.example' }],
    ['Host', { host: `evil.example:${port}` }],
    ['Host', { host: '127.0.0.1' }],
    ['Host', { host: `127.0.0.1:${port + 1}` }],
    ['Host', { host: `127.0.0.1:${port}@evil.example` }],
    ['Origin', { origin: 'http://evil.example' }],
    ['Origin', { origin: 'null' }],
    ['Origin', { origin: `https://127.0.0.1:${port}` }],
    ['Origin', { origin: `http://localhost:${port}` }],
    ['Sec-Fetch-Site', { 'sec-fetch-site': 'cross-site' }],
    ['Sec-Fetch-Site', { 'sec-fetch-site': 'same-site' }],
  ];
}

/** @param host what the requests say they are for */
export function createBadRequests(seed: number, host: string): () => string {
  const random = createRandom(seed);
  const upTo = (most: number) => (random.bytes(1)[0] ?? 0) % (most + 1);
  const junk = () => Buffer.from(random.bytes(upTo(40))).toString('latin1');
  return () => {
    const some = Array.from({ length: upTo(4) }, () => random.pick(heads));
    const path = upTo(9) === 0 ? `/${junk()}` : random.pick(paths);
    const start = `${random.pick(methods)} ${path} HTTP/1.1`;
    const body = upTo(5) === 0 ? junk() : random.pick(bodies);
    // Else what follows the head is another request, and a bad one.
    const length = upTo(3) === 0 ? [] : [`Content-Length: ${body.length}`];
    return [start, `Host: ${host}`, ...length, ...some, 'Connection: close', '', body].join('\r\n');
  };
}

/** @returns the last status, after any 100; `none` where the connection was closed without */
export function sendRaw(port: number, request: string): Promise<string> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1', () => socket.end(request, 'latin1'));
    let answer = '';
    socket.on('data', chunk => {
      answer += chunk.toString('latin1');
    });
    socket.on('error', () => {}); // followed by `close`
    socket.on('close', () => resolve(/HTTP\/1.1 ([2-5]\d\d) /.exec(answer)?.[1] ?? 'none'));
  });
}

/** Bodies of a command, and the status each is refused with. */
export const hostileBodies: readonly (readonly [number, string])[] = [
  [400, ''],
  [400, '{'],
  [400, 'null'],
  [400, '[]'],
  [400, '{"line": 1}'],
  [400, '{"line": ""}'],
  [400, '{"line": "  "}'],
  [400, '{"line": "list\\nquit"}'],
  [400, '{"line": "list", "more": 1}'],
  [400, '{"line": "list", "__proto__": {"line": "list"}}'],
  [400, `{"line": ${JSON.stringify('a'.repeat(1001))}}`],
  [413, `{"line": ${JSON.stringify('a'.repeat(10_000))}}`],
  [400, '['.repeat(8000)],
];
