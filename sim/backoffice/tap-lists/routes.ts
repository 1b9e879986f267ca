/** The intake's lists as pages, under the testers' controls and guarded as they are. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { spanOfDay } from '../settlement/days.ts';
import { pageHeaders } from '../settlement/routes.ts';
import { sendPage } from '../site/answers.ts';
import type { Span } from './entry.ts';
import { TapListPage } from './page.tsx';
import { type TapList, type TapListName, tapListNames } from './tap-list.ts';

export type ReadTapList = (name: TapListName, span?: Span) => TapList;

const asked = z.object({ list: z.enum(tapListNames) });
const query = z.object({ day: z.iso.date().optional() });

export function addTapLists(server: FastifyInstance, read: ReadTapList): void {
  pageHeaders(server);
  const hidden = { schema: { hide: true } };
  server.get('/', hidden, async (_request, reply) => reply.redirect('/sim/taps/gaps', 303));
  server.get('/:list', hidden, async (request, reply) => {
    const { list: name } = asked.parse(request.params);
    const { day } = query.parse(request.query);
    const list = read(name, day === undefined ? undefined : spanOfDay(day));
    return sendPage(reply, TapListPage({ name, day, list }));
  });
}
