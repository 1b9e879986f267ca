/** The panel's web server on 127.0.0.1: everything that protocol.ts lists. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import helmet from '@fastify/helmet';
import websocket from '@fastify/websocket';
import type { FastifyInstance } from 'fastify';
import { messageOf, WrongUsage } from '../../device/kit/errors.ts';
import type { Bus } from '../bus/bus.ts';
import type { BusEvent } from '../bus/commands/command.ts';
import { runCommand } from '../bus/commands/commands.ts';
import { createCommandRecord } from './command-record.ts';
import { addCommands } from './command-routes.ts';
import { addConsoles } from './console-bridge.ts';
import { addEventStream } from './event-stream.ts';
import { createLiveChanges } from './live-changes.ts';
import { addPage, importMapHash } from './page-files.ts';
import { createPanelModel } from './panel-model.ts';
import { addPictures } from './pictures.ts';
import { addPrompts } from './prompts.ts';
import { createRecording } from './recording.ts';
import { answerNonsense, answerRefusals } from './refusals.ts';
import { panelHeaders, refuseForeigners } from './security.ts';

// `import` first searches all of its text for what it exports: that takes as long as running it.
const { fastify }: typeof import('fastify') = createRequire(import.meta.url)('fastify');

export interface PanelOptions {
  /** 0 for any free port. */
  readonly port: number;
  /** Where the panel keeps its files. */
  readonly directory: string;
  readonly line: string;
}

export interface Panel {
  readonly url: string;
  /** Like `runCommand`; the panel shows the command. */
  run(line: string): Promise<BusEvent>;
  close(): Promise<void>;
}

const host = '127.0.0.1';
const maxBodyBytes = 8 << 10;
const requestMs = 10_000;
const checkMs = 1000;
const keepAliveMs = 5_000;
const maxConnections = 200;
const maxKeysBytes = 64 << 10;

/** @throws WrongUsage for a port that is not free */
export async function servePanel(bus: Bus, options: PanelOptions): Promise<Panel> {
  const recording = createRecording(() => ({
    name: `Recorded ${new Date().toISOString()}`,
    phase: bus.office.phase,
    line: options.line,
    passengers: bus.passengers,
  }));
  const commands = createCommandRecord(line => runCommand(bus, line), recording);
  bus.office.onVisit(({ event, passenger }) => {
    const command = event === 'registered' ? 'register' : 'withdraw';
    commands.note(`${command} ${passenger}`, { event, passenger });
  });
  const model = createPanelModel({ bus, commands, recording, line: options.line });
  const live = createLiveChanges(model);

  const server = fastify({
    bodyLimit: maxBodyBytes,
    requestTimeout: requestMs,
    keepAliveTimeout: keepAliveMs,
    forceCloseConnections: true,
    frameworkErrors: answerNonsense,
    http: { headersTimeout: requestMs, connectionsCheckingInterval: checkMs },
  });
  server.server.maxConnections = maxConnections;
  server.removeContentTypeParser('text/plain');
  answerRefusals(server);
  await server.register(helmet, panelHeaders(bus.office.siteUrl, importMapHash));
  // Before the guard: this closes the connections of refused upgrades, which Node no longer does.
  await server.register(websocket, { options: { maxPayload: maxKeysBytes } });
  refuseForeigners(server, () => portOf(server));
  addPage(server);
  addEventStream(server, model, live);
  addCommands(server, { model, commands, recording });
  addPictures(server, bus, commands, join(options.directory, 'pictures'));
  addPrompts(server);
  addConsoles(server, bus);
  await server.listen({ host, port: options.port }).catch(error => {
    throw new WrongUsage(`--panel-port ${options.port}: ${messageOf(error)}`);
  });

  return {
    url: `http://${host}:${portOf(server)}`,
    async run(line) {
      const { outcome } = await commands.carryOut(line);
      if (outcome.event === 'error') throw new WrongUsage(String(outcome.message));
      return outcome;
    },
    async close() {
      live.close();
      await server.close();
    },
  };
}

function portOf({ server }: FastifyInstance): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
