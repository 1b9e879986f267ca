/**
 * The back office composed: the registration site at /, the feed at /feed/, and where a simulation asks for it the controls
 * at /sim/.
 */
import { existsSync } from 'node:fs';
import type { FastifyPluginAsync } from 'fastify';
import { type Policy, pilotPolicy } from '../../device/core/policy.ts';
import { readPolicy } from '../../device/settings/policy-file.ts';
import { lockDirectory } from '../../sync/directory-lock.ts';
import { WrongUsage } from '../wrong-usage.ts';
import type { BackOfficeOptions } from './backoffice-options.ts';
import { usualRules } from './health/judge-answers.ts';
import { keepHealth, usualKeeping } from './health/keeper.ts';
import { createSimulatedHealthSource } from './health/simulated-source.ts';
import { ensureOfficeDirectory, type OfficeData, openOfficeData } from './office-data.ts';
import { feedPlaces } from './publisher/feed-places.ts';
import { type Publishing, startPublishing, usualTimes } from './publishing/publishing.ts';
import type { ImportReport } from './register/register.ts';
import { announcedOpening, createRegistration } from './registration/create-registration.ts';
import type { Registration } from './registration/registration.ts';
import { createSimulatedSmsGateway } from './registration/simulated-sms-gateway.ts';
import { createSimApi, type SimApiParts } from './sim-api/sim-api.ts';
import type { SeniorsReport } from './store/import-seniors.ts';
import type { Identity } from './store/vault.ts';
import { tidyRegularly } from './tidying.ts';
import { serveOffice } from './web-server.ts';

export type CreateSite = (registration: Registration) => FastifyPluginAsync;

export interface BackOffice {
  readonly url: string;
  /** Where validators find the feed. */
  readonly feedUrl: string;
  /** Paths of what a validator is given: the initial root metadata and the fleet keys. */
  readonly trust: { readonly root: string; readonly keys: string };
  readonly registration: Registration;
  /** The simulated world around it. */
  readonly parts: SimApiParts;
  /** Asks for this person's health code at once, if registered. Resolves when the answer is stored. */
  askFor(who: Identity): Promise<void>;
  /** @throws WrongUsage naming every bad line */
  importMedia(file: string): Promise<ImportReport>;
  /** Links cards without application. @throws as `importMedia` */
  importSeniors(file: string): Promise<SeniorsReport>;
  close(): Promise<void>;
}

const usualLiveWithinMs = 5 * 60_000;

/** @throws WrongUsage for files that cannot be used, or a port that cannot be had */
export async function startBackOffice(
  options: BackOfficeOptions,
  createSite: CreateSite,
): Promise<BackOffice> {
  const { log, clock = Date.now } = options;
  ensureOfficeDirectory(options.directory);
  const unlock = lockDirectory(options.directory);
  if (unlock === undefined) throw new WrongUsage(`${options.directory}: another back office is at work here`);
  const closers: (() => unknown)[] = [unlock];
  try {
    const data = openOfficeData(options.directory, options.keyFile);
    closers.push(() => data.close());
    const importMedia = importer(data, clock);
    if (options.mediaFile !== undefined) {
      log.info('register-imported', { ...(await importMedia(options.mediaFile)) });
    }
    const publishing = publish(data, options);
    closers.push(() => publishing.close());
    const parts = {
      gateway: createSimulatedSmsGateway(Date.now),
      source: createSimulatedHealthSource(Date.now),
      store: data.store,
      publishing,
    };
    const keeper = keepHealth(
      { health: data.store.health, source: parts.source, log, changed: publishing.soon },
      {
        ...usualKeeping,
        rules: rulesOf(options),
        statusMaxAgeMs: statusMaxAgeMs(data, options),
        ...options.keeping,
      },
    );
    closers.push(() => keeper.close(), tidyRegularly(data.store, clock, log));
    const registration = createRegistration(
      {
        store: data.store,
        register: data.register,
        gateway: parts.gateway,
        changed(event, who) {
          if (event === 'registered') void keeper.askFor(who);
          publishing.soon();
          options.heard?.(event, who);
        },
      },
      {
        opensAt: options.opensAt ?? (() => announcedOpening),
        liveWithinMs: options.liveWithinMs ?? usualLiveWithinMs,
        limits: options.codeLimits ?? {},
        now: clock,
      },
    );
    const server = await serveOffice(
      {
        site: createSite(registration),
        simApi: options.sim ? createSimApi(parts) : undefined,
        feedFiles: feedPlaces(data.feed).public,
      },
      options,
    );
    closers.push(() => server.close());
    const { initialRoot, fleetKeys } = feedPlaces(data.feed);
    return {
      url: server.url,
      feedUrl: `${server.url}/feed`,
      trust: { root: initialRoot, keys: fleetKeys },
      registration,
      parts,
      askFor: keeper.askFor,
      importMedia,
      importSeniors: file => data.store.importSeniors(file, { now: clock(), isDryRun: false }),
      close: () => closeAll(closers),
    };
  } catch (error) {
    await closeAll(closers);
    throw error;
  }
}

function importer({ register, store }: OfficeData, now: () => number) {
  return (file: string) => register.importTable(file, now(), moved => store.people.release(moved, now()));
}

function publish({ feed, office }: OfficeData, options: BackOfficeOptions): Publishing {
  readPolicy(options.policyFile);
  const { policyFile, linesFile } = options;
  const settings = { feed, office, texts: { policyFile, linesFile } };
  return startPublishing(settings, { ...usualTimes, ...options.publishTimes }, options.log);
}

function rulesOf({ testMaxAgeH }: BackOfficeOptions) {
  return { ...usualRules, testMaxAgeH };
}

/** As the policy says that is published. */
function statusMaxAgeMs({ feed }: OfficeData, { policyFile }: BackOfficeOptions): number {
  const published = feedPlaces(feed).policy;
  const file = policyFile ?? (existsSync(published) ? published : undefined);
  const policy: Policy = file === undefined ? pilotPolicy : readPolicy(file);
  return policy.freshness.statusMaxAgeS * 1000;
}

/** The last started is closed first. */
async function closeAll(closers: readonly (() => unknown)[]): Promise<void> {
  for (const close of [...closers].reverse()) await close();
}
