/** The stylesheet and the icon: all that pages load, from here, under names that change with what is in them. */
import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { stylesheet } from './stylesheet.ts';

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b5a7a"/><path d="M8 8h16a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H8a2 2 0 0 1-2-2V10a2 2 0 0 1 2-2zm1 3v6h14v-6zm1 9.500v2h3v-2zm9 0v2h3v-2z" fill="#fff"/></svg>`;

export const stylesheetPath = `/style-${digestOf(stylesheet)}.css`;
export const iconPath = `/icon-${digestOf(icon)}.svg`;

export function addAssets(site: FastifyInstance): void {
  const serve = (path: string, type: string, content: string) =>
    site.get(path, async (_request, reply) =>
      reply.type(type).header('cache-control', 'public, max-age=31536000, immutable').send(content),
    );
  serve(stylesheetPath, 'text/css; charset=utf-8', stylesheet);
  serve(iconPath, 'image/svg+xml', icon);
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
