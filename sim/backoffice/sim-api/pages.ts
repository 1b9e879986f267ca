/** Plain pages of the controls: what the API offers, and a phone's inbox. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { phoneSchema } from '../registration/identity.ts';
import type { SimulatedSmsGateway } from '../registration/sms-gateway.ts';

const style =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:0 auto;padding:1rem}' +
  'pre{background:#f2f2f2;padding:.75rem;overflow-x:auto;white-space:pre-wrap}';
const policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'self'";

const operation = z.object({
  summary: z.string().optional(),
  requestBody: z.object({ content: z.record(z.string(), z.object({ schema: z.unknown() })) }).optional(),
});

export function addPages(server: FastifyInstance, gateway: SimulatedSmsGateway): void {
  const hidden = { schema: { hide: true } };
  server.get('/openapi.json', hidden, async () => server.swagger());
  server.get('/', hidden, async (_request, reply) => {
    const paths = Object.entries(server.swagger().paths ?? {});
    const operations = paths.flatMap(([path, item]) =>
      Object.entries(item ?? {}).map(([method, given]) => section(method, path, given)),
    );
    return page(reply, 'Simulated back office', inboxForm('') + operations.join(''));
  });
  server.get('/inbox', hidden, async (request, reply) => {
    const { success, data } = z.object({ phone: phoneSchema }).safeParse(request.query);
    const messages = success ? gateway.inbox(data.phone) : [];
    const list = messages.map(
      ({ at, text }) => `<li><time>${new Date(at).toISOString()}</time><br>${escaped(text)}</li>`,
    );
    const body = list.length === 0 ? '<p>No messages.</p>' : `<ol>${list.join('')}</ol>`;
    const phone = success ? data.phone : '';
    return page(reply, `Messages ${phone}`, inboxForm(phone) + body);
  });
}

function section(method: string, path: string, given: unknown): string {
  const { success, data } = operation.safeParse(given);
  const body = success ? data.requestBody?.content['application/json']?.schema : undefined;
  const shown = body === undefined ? '' : `<pre>${escaped(JSON.stringify(body, undefined, 2))}</pre>`;
  const summary = success ? (data.summary ?? '') : '';
  return `<h2>${escaped(method.toUpperCase())} ${escaped(path)}</h2><p>${escaped(summary)}</p>${shown}`;
}

function inboxForm(phone: string): string {
  return (
    `<p><a href="./">API</a> · <a href="openapi.json">OpenAPI</a> · <a href="settlement">结算 Settlement</a> · <a href="taps">收到的记录 Taps</a></p><form action="inbox"><label>Messages of ` +
    `<input name="phone" inputmode="numeric" value="${escaped(phone)}"></label> <button>Show</button></form>`
  );
}

function page(reply: FastifyReply, title: string, body: string): FastifyReply {
  return reply
    .type('text/html; charset=utf-8')
    .headers({ 'referrer-policy': 'no-referrer', 'content-security-policy': policy })
    .send(
      `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escaped(title)}</title>` +
        `<meta name="viewport" content="width=device-width"><style>${style}</style>` +
        `<h1>${escaped(title)}</h1>${body}</html>`,
    );
}

function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
  };
  return text.replace(/[&<>"]/g, sign => entities[sign] ?? sign);
}
