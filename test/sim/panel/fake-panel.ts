/** The page's server without a bus behind: a state that tests set, and commands that are noted. */
import helmet from '@fastify/helmet';
import fastify from 'fastify';
import { renderFrame } from '../../../sim/media/frame.ts';
import { writePng } from '../../../sim/media/png.ts';
import { optionsIn } from '../../../sim/panel/page/view-options.ts';
import { addPage, importMapHash } from '../../../sim/panel/page-files.ts';
import type { CommandDone, PanelChange, PanelState } from '../../../sim/panel/protocol.ts';
import { panelHeaders } from '../../../sim/panel/security.ts';
import { fakeState } from './fake-state.ts';

export interface FakePanel {
  readonly url: string;
  readonly lines: readonly string[];
  readonly state: PanelState;
  change(changes: PanelChange): void;
  /** What a command comes to from now on, instead of what it said. */
  answer(line: string, outcome: CommandDone['outcome']): void;
  /** Commands take until what it returns is called. */
  hold(): () => void;
  close(): Promise<void>;
}

export async function startFakePanel(port = 0): Promise<FakePanel> {
  const server = fastify({ forceCloseConnections: true });
  const streams = new Set<(event: string, data: unknown) => void>();
  const lines: string[] = [];
  const outcomes = new Map<string, CommandDone['outcome']>();
  let held: Promise<void> = Promise.resolve();
  let state = fakeState(Date.now());

  function change(changes: PanelChange): void {
    state = { ...state, ...changes };
    for (const send of streams) send('change', changes);
  }

  async function done(line: string): Promise<CommandDone> {
    lines.push(line);
    await held;
    const [name = '', ...words] = line.split(' ');
    const command: CommandDone = {
      id: lines.length,
      at: Date.now(),
      line,
      yaml: `- ${name}: ${words.join(' ')}\n`,
      outcome: outcomes.get(line) ?? { event: name, said: words.join(' ') },
    };
    change({ commands: [...state.commands, command].slice(-300) });
    return command;
  }

  await server.register(helmet, panelHeaders(state.feed.siteUrl, importMapHash));
  addPage(server);
  server.get('/api/events', (request, reply) => {
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream' });
    const send = (event: string, data: unknown) =>
      reply.raw.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    send('state', state);
    streams.add(send);
    request.raw.on('close', () => streams.delete(send));
  });
  server.post<{ Body: { line: string } }>('/api/command', async ({ body }) => done(body.line));
  server.get('/api/codes/:passenger.png', async ({ query }, reply) =>
    reply.type('image/png').send(picture(new URLSearchParams(query as Record<string, string>))),
  );
  server.get('/api/cameras/:post.png', async (_request, reply) =>
    reply.type('image/png').send(picture(new URLSearchParams({ noise: '8' }))),
  );
  await server.listen({ host: '127.0.0.1', port });
  const address = server.server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : port}`,
    lines,
    get state() {
      return state;
    },
    change,
    answer: (line, outcome) => void outcomes.set(line, outcome),
    hold() {
      let release = () => {};
      held = new Promise(resolve => {
        release = resolve;
      });
      return release;
    },
    close: () => server.close(),
  };
}

function picture(query: URLSearchParams): Uint8Array {
  const words = [...query].map(([name, value]) => `${name}=${value}`).join(' ');
  const options = Object.fromEntries([...optionsIn(words)].map(([name, value]) => [name, Number(value)]));
  return writePng(renderFrame([new Uint8Array(360).fill(0x5a)], options));
}
