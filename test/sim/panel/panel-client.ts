/** What a browser does at the panel, with headers as a test wants them. */
import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { WebSocket } from 'undici';
import type { CommandDone, PanelState } from '../../../sim/panel/protocol.ts';
import { until } from '../../harness.ts';

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export type Ask = (path: string, asked?: Asked) => Promise<Answer>;

/** @param url the panel's */
export function panelClient(url: string) {
  const begin = (path: string, { method = 'GET', headers = {}, body }: Asked): ClientRequest => {
    const { hostname, port } = new URL(url);
    const sent = request({ hostname, port, path, method, headers, agent: false });
    sent.on('error', () => {}); // what comes before the response is told by `once`
    return sent.end(body);
  };

  const ask: Ask = async (path, asked = {}) => {
    const [response] = (await once(begin(path, asked), 'response')) as [IncomingMessage];
    const body = Buffer.concat(await response.toArray());
    return { status: response.statusCode ?? 0, headers: response.headers, body };
  };

  const json = async <T>(path: string, asked?: Asked) =>
    JSON.parse(String((await ask(path, asked)).body)) as T;
  const post = (path: string, body: string): Promise<Answer> =>
    ask(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body });

  return {
    ask,
    post,
    /** A picture before the camera at a door. */
    hold(door: string, picture: Uint8Array, more: Readonly<Record<string, string>> = {}): Promise<Answer> {
      const headers = { 'content-type': 'image/png', ...more };
      return ask(`/api/cameras/${door}/picture`, { method: 'POST', headers, body: picture });
    },
    state: () => json<PanelState>('/api/state'),
    problem: (answer: Answer): string => JSON.parse(String(answer.body)).problem,
    async command(line: string): Promise<CommandDone> {
      const answer = await post('/api/command', JSON.stringify({ line }));
      return JSON.parse(String(answer.body));
    },
    /** The state as an open page has it, kept up to date. */
    async openEvents() {
      const sent = begin('/api/events', {});
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      const changes: Partial<PanelState>[] = [];
      let state = {} as PanelState;
      let unread = '';
      let isClosed = false;
      response.on('close', () => {
        isClosed = true;
      });
      response.on('error', () => {});
      response.setEncoding('utf8').on('data', (text: string) => {
        const events = (unread + text).split('\n\n');
        unread = events.pop() ?? '';
        for (const event of events) {
          const [, name, data = ''] = /event: (\w+)\ndata: (.*)/.exec(event) ?? [];
          if (name === 'state') state = JSON.parse(data);
          if (name === 'change') {
            changes.push(JSON.parse(data));
            state = { ...state, ...JSON.parse(data) };
          }
        }
      });
      await until('the whole state', () => state.line !== undefined);
      return {
        headers: response.headers,
        changes,
        get state() {
          return state;
        },
        get isClosed() {
          return isClosed;
        },
        close: () => sent.destroy(),
      };
    },
    /** A console's websocket and what it has said. */
    openConsole(post: string, headers: Readonly<Record<string, string>> = {}) {
      const socket = new WebSocket(`${url.replace('http', 'ws')}/api/consoles/${post}`, { headers });
      socket.binaryType = 'arraybuffer';
      let output = '';
      let end: { readonly code: number; readonly reason: string } | undefined;
      socket.addEventListener('message', ({ data }) => {
        output += Buffer.from(data as ArrayBuffer).toString('latin1');
      });
      socket.addEventListener('close', ({ code, reason }) => {
        end = { code, reason };
      });
      return {
        send: (bytes: Uint8Array) => socket.send(bytes),
        said: (text: string) => until(`the console says ${text}`, () => output.includes(text)),
        ended: () => until('the console ends', () => end),
        close: () => socket.close(),
        get output() {
          return output;
        },
      };
    },
  };
}
