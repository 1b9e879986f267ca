/** The JSON routes of the simulation's controls. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { statuses } from '../../../device/core/check.ts';
import { mediumKinds } from '../../../device/core/medium.ts';
import { isAccount } from '../../../sync/publisher/table/account.ts';
import type { SimulatedHealthSource, SourceFaults } from '../health/simulated-source.ts';
import type { Publishing } from '../publication/publish-on-schedule.ts';
import { nameSchema, phoneSchema } from '../registration/identity.ts';
import type { SimulatedSmsGateway } from '../registration/sms-gateway.ts';
import type { SettlementDesk } from '../settlement/desk.ts';
import type { Store } from '../store/store.ts';
import type { ReadTapList } from '../tap-lists/routes.ts';
import type { ValidatorState } from '../uplink/validators.ts';

export interface SimApiParts {
  readonly gateway: SimulatedSmsGateway;
  readonly source: SimulatedHealthSource;
  readonly store: Store;
  readonly publishing: Publishing;
  readonly settlement: SettlementDesk;
  /** What the intake finds in the taps. */
  readonly tapList: ReadTapList;
  /** Those that have been heard. */
  readonly validators: () => readonly ValidatorState[];
}

const perThousand = z.int().min(0).max(1000);
const code = { status: z.enum(statuses), testAgeH: z.number().nonnegative().max(100_000).optional() };
const medium = { medium: z.enum(mediumKinds), account: z.string().toLowerCase() };

const phoneParams = z.strictObject({ phone: phoneSchema });
const ofPerson = z.strictObject({ phone: phoneSchema, name: nameSchema, ...code });
const ofMedium = z
  .strictObject({ ...medium, ...code })
  .refine(given => isAccount(given.medium, given.account), { path: ['account'], message: 'no such account' });
const rule = z
  .strictObject({ unknown: perThousand, yellow: perThousand, red: perThousand, popup: perThousand })
  .partial();
const sourceFaults = z.strictObject({
  slowMs: z.int().min(0).max(600_000).default(0),
  failing: z.number().min(0).max(1).default(0),
  contradicting: z.boolean().default(false),
});
const smsFaults = z.strictObject({ failing: z.boolean() });

/** A schema for the document. */
function shown(schema: z.ZodType): object {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return rest;
}

export function addRoutes(
  server: FastifyInstance,
  { gateway, source, store, publishing, validators }: SimApiParts,
): void {
  const noOne = (reply: FastifyReply) =>
    reply.code(404).send({ problems: ['nobody has linked this medium'] });

  server.get(
    '/sms/:phone',
    { schema: { summary: 'What a phone has received, newest first', params: shown(phoneParams) } },
    async request => ({ messages: gateway.inbox(phoneParams.parse(request.params).phone) }),
  );
  server.put(
    '/sms/faults',
    { schema: { summary: 'Whether the SMS gateway takes messages', body: shown(smsFaults) } },
    async request => {
      const faults = smsFaults.parse(request.body);
      gateway.setFailing(faults.failing);
      return faults;
    },
  );
  server.put(
    '/health/person',
    { schema: { summary: 'The health code of a person, registered or not', body: shown(ofPerson) } },
    async request => {
      const { phone, name, ...is } = ofPerson.parse(request.body);
      source.setCode({ phone, name }, is);
      return is;
    },
  );
  server.put(
    '/health/medium',
    { schema: { summary: 'The health code of the person who has linked a medium', body: shown(ofMedium) } },
    async (request, reply) => {
      const { medium: kind, account, ...is } = ofMedium.parse(request.body);
      const who = await store.people.ownerOf({ kind, account });
      if (who === undefined) return noOne(reply);
      source.setCode(who, is);
      return is;
    },
  );
  server.put(
    '/health/rule',
    {
      schema: {
        summary: 'Codes of all others: of a thousand people so many have each; the rest are green',
        body: shown(rule),
      },
    },
    async request => {
      const given = rule.parse(request.body);
      source.setRule(given);
      return given;
    },
  );
  server.put(
    '/health/faults',
    {
      schema: {
        summary: 'The health-code source slow, failing, contradicting itself',
        body: shown(sourceFaults),
      },
    },
    async request => {
      const faults: SourceFaults = sourceFaults.parse(request.body ?? {});
      source.setFaults(faults);
      return faults;
    },
  );
  server.post('/publish', { schema: { summary: 'Publishes now; answers when it is done' } }, () =>
    publishing.now(),
  );
  server.get(
    '/validators',
    {
      schema: {
        summary: 'The validators that were heard since the start: who is connected, and how they are',
      },
    },
    async () => ({ validators: validators() }),
  );
  server.get('/counts', { schema: { summary: 'How many are registered, linked, published' } }, async () => ({
    ...(await store.people.counts()),
    sourceAnsweredAt: await store.health.sourceAnsweredAt(),
    faults: source.faults,
    published: publishing.last ?? null,
  }));
}
