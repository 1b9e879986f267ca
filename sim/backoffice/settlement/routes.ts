/** The settlement's pages and tables, under the testers' controls and guarded as they are. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { sendPage } from '../site/answers.ts';
import { dayCsv, ridesCsv } from './csv.ts';
import type { SettlementDesk } from './desk.ts';
import { DayPage } from './pages/day.tsx';
import { DaysPage } from './pages/days.tsx';
import { root } from './pages/layout.tsx';
import { RidesPage, RowsPage } from './pages/rides.tsx';

const policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'self'";
const pageSize = 200;
/** A spreadsheet takes no more. */
const maxCsvRides = 1_000_000;

const ofDay = z.object({ day: z.iso.date() });
const ofRide = ofDay.extend({ id: z.coerce.number().int().min(1) });
const filter = z.object({
  line: z.string().max(16).optional(),
  state: z.string().max(16).optional(),
  from: z.coerce.number().int().min(0).default(0),
});
const rowsQuery = z.object({ rows: z.string().regex(/^\d{1,16}( \d{1,16}){0,20}$/) });

/** They run nothing, and are shown in no other site's frame. */
export function pageHeaders(server: FastifyInstance): void {
  server.addHook('onRequest', async (_request, reply) => {
    reply.headers({ 'referrer-policy': 'same-origin', 'content-security-policy': policy });
  });
}

export function addSettlement(server: FastifyInstance, desk: SettlementDesk): void {
  const hidden = { schema: { hide: true } };
  pageHeaders(server);
  // The pages' one form has nothing in it but its address.
  server.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: 1 },
    (_request, _body, done) => done(null),
  );
  const notSettled = (reply: FastifyReply) =>
    reply.code(404).send({ problems: ['this day has not been settled'] });

  server.get('/', hidden, async (_request, reply) => sendPage(reply, DaysPage({ days: desk.days() })));

  server.get('/:day', hidden, async (request, reply) => {
    const { day } = ofDay.parse(request.params);
    const account = desk.account(day);
    if (account === undefined) return notSettled(reply);
    const { lastRowCameAt = 0 } = desk.days().find(known => known.day === day) ?? {};
    const moreCameAt = lastRowCameAt > Date.parse(account.settledAt) ? lastRowCameAt : undefined;
    return sendPage(reply, DayPage({ account, findings: desk.findings(day), moreCameAt }));
  });

  server.post('/:day', hidden, async (request, reply) => {
    const { day } = ofDay.parse(request.params);
    await desk.settle(day);
    return reply.redirect(`/sim/settlement/${day}`, 303);
  });

  server.get('/:day/rides', hidden, async (request, reply) => {
    const { day } = ofDay.parse(request.params);
    const { line, state, from } = filter.parse(request.query);
    const rides = desk.rides(day, { line, state, from, limit: pageSize + 1 });
    if (rides === undefined) return notSettled(reply);
    const [shown, hasMore] = [rides.slice(0, pageSize), rides.length > pageSize];
    return sendPage(reply, RidesPage({ day, line, state, rides: shown, from, hasMore }));
  });

  server.get('/:day/rides/:id', hidden, async (request, reply) => {
    const { day, id } = ofRide.parse(request.params);
    const ride = desk.ride(day, id);
    if (ride === undefined) return reply.code(404).send({ problems: [`this day has no ride ${id} settled`] });
    const above = [root, { href: `/sim/settlement/${day}`, name: day }];
    const rows = desk.rows(String(ride.rows));
    return sendPage(reply, RowsPage({ title: `${day} 乘车 Ride ${id}`, above, ride, rows }));
  });

  server.get('/rows', hidden, async (request, reply) => {
    const { rows } = rowsQuery.parse(request.query);
    const page = { title: '记录 Rows', above: [root], ride: undefined, rows: desk.rows(rows) };
    return sendPage(reply, RowsPage(page));
  });

  server.get('/:day/lines.csv', hidden, async (request, reply) => {
    const { day } = ofDay.parse(request.params);
    const account = desk.account(day);
    return account === undefined ? notSettled(reply) : sendCsv(reply, `${day}.csv`, dayCsv(account));
  });

  server.get('/:day/rides.csv', hidden, async (request, reply) => {
    const { day } = ofDay.parse(request.params);
    const rides = desk.rides(day, { ...filter.parse(request.query), limit: maxCsvRides });
    if (rides === undefined) return notSettled(reply);
    return sendCsv(reply, `${day}-rides.csv`, ridesCsv(rides, desk.nameRows));
  });
}

function sendCsv(reply: FastifyReply, name: string, text: string): FastifyReply {
  return reply
    .type('text/csv; charset=utf-8')
    .header('content-disposition', `attachment; filename="${name}"`)
    .send(text);
}
