/** Requests as nobody should send them: half right, cut, doubled, overlong, and plain noise. */
import fc from 'fast-check';

/** A browser's session and the token of its forms: with them a request gets further. */
export interface Known {
  readonly cookie: string;
  readonly token: string;
}

const paths = [
  '/',
  '/register',
  '/proxy',
  '/manage',
  '/code',
  '/media',
  '/done',
  '/state',
  '/withdraw',
  '/leave',
];
const oddPaths = [
  '//',
  '/%',
  '/%00',
  '/%ff',
  '/..%2f..',
  '*',
  'http://x/',
  '',
  '/__proto__',
  '/constructor',
  '/ü',
  '/\\',
];
const methods = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'OPTIONS',
  'CONNECT',
  'TRACE',
  'get',
  'BREW',
  '',
  'PRI',
];
const fieldNames = [
  'name',
  'phone',
  'code',
  'again',
  'agree',
  'authorised',
  'version',
  '_csrf',
  '__proto__',
  'name[]',
];
const types = [
  'application/x-www-form-urlencoded',
  'application/x-www-form-urlencoded; charset=\u00ff',
  'application/json',
  'multipart/form-data',
  'text/plain',
  '*/*',
  '',
];

const oddText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ maxLength: 40 }),
  fc.constantFrom('林晓梅', '13800001234', '123456', 'yes', '2022-05-19', '%00', '%zz', '\r\n', "'", '<b>'),
);
const header = fc.oneof(
  fc.tuple(
    fc.constantFrom('Origin', 'Sec-Fetch-Site', 'Expect', 'Upgrade', 'Range', 'Host', 'Accept'),
    oddText,
  ),
  fc.constantFrom(
    ['Transfer-Encoding', 'chunked'],
    ['Content-Length', '-1'],
    ['Content-Length', '999'],
    ['Content-Encoding', 'gzip'],
    ['X-Forwarded-For', '::::'],
    ['Connection', 'upgrade'],
    ['Cookie', 'session=%; lang=en; __proto__=x; session=y'],
    ['Cookie', '=;=;;;"'],
  ),
);
const field = fc.tuple(fc.oneof(fc.constantFrom(...fieldNames), oddText), oddText, fc.boolean());

const request = fc.record({
  method: fc.oneof({ weight: 3, arbitrary: fc.constant('POST') }, fc.constantFrom(...methods)),
  path: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...paths) },
    fc.constantFrom(...oddPaths),
    oddText.map(text => `/${text}`),
  ),
  query: fc.oneof(
    fc.constant(''),
    fc.constantFrom('?lang=en', '?lang[]=en', '?lang=en&lang=zh', '?%', '?__proto__=1'),
    oddText.map(text => `?${text}`),
  ),
  version: fc.oneof(
    { weight: 9, arbitrary: fc.constant('HTTP/1.1') },
    fc.constantFrom('HTTP/1.0', 'HTTP/9.9', ''),
  ),
  headers: fc.array(header, { maxLength: 3 }),
  type: fc.oneof({ weight: 4, arbitrary: fc.constant(types[0] ?? '') }, fc.constantFrom(...types)),
  fields: fc.array(field, { maxLength: 5 }),
  isKnown: fc.boolean(),
  hasLength: fc.boolean(),
  cutAt: fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, fc.double({ min: 0, max: 1, noNaN: true })),
});

export const badRequest: fc.Arbitrary<(known: Known) => Buffer> = fc.oneof(
  { weight: 9, arbitrary: request.map(parts => (known: Known) => bytesOf(parts, known)) },
  fc.uint8Array({ maxLength: 200 }).map(noise => () => Buffer.from(noise)),
);

type Parts = typeof request extends fc.Arbitrary<infer T> ? T : never;

function bytesOf(parts: Parts, { cookie, token }: Known): Buffer {
  const pairs = parts.fields.map(([name, value, isRaw]) =>
    isRaw ? `${name}=${value}` : `${escaped(name)}=${escaped(value)}`,
  );
  if (parts.isKnown) pairs.unshift(`_csrf=${encodeURIComponent(token)}`);
  const body = pairs.join('&');
  const lines = [
    `${parts.method} ${parts.path}${parts.query} ${parts.version}`,
    'Host: x',
    `Content-Type: ${parts.type}`,
    ...(parts.isKnown ? [`Cookie: ${cookie}`] : []),
    ...(parts.hasLength ? [`Content-Length: ${Buffer.byteLength(body)}`] : []),
    ...parts.headers.map(([name, value]) => `${name}: ${value}`),
  ];
  const bytes = Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`);
  return bytes.subarray(0, Math.round(bytes.length * parts.cutAt));
}

/** Half a surrogate pair cannot be escaped. */
function escaped(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString());
}
