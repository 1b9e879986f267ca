/**
 * A validator on a network of its own, whose link goes down and comes up again: a process that is started in a network
 * namespace, where it may do as it likes. It fails where anything is other than it should be.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type TestContext, until } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { type FedStand, startFedStand } from './fed-stand.ts';

const far = fileURLToPath(new URL('./link-far-end.js', import.meta.url));
const ip = (...words: readonly string[]) =>
  execFileSync('ip', words, { stdio: ['ignore', 'ignore', 'inherit'] });
/** For documentation (RFC 5737), so nobody else's. */
const [busAddress, feedAddress] = ['192.0.2.2', '192.0.2.1'];
const feedPort = 8080;
const where = `${feedAddress}:${feedPort}`;

/** The feed's machine is another network namespace; a socket that is a file leads out of it. */
async function addLink(context: TestContext) {
  const socketPath = join(temporaryDirectory(context), 'feed');
  ip('link', 'set', 'lo', 'up');
  ip('link', 'add', 'bus0', 'type', 'veth', 'peer', 'name', 'far0');
  ip('address', 'add', `${busAddress}/24`, 'dev', 'bus0');
  const child = spawn(
    'unshare',
    ['--net', process.execPath, far, socketPath, feedAddress, String(feedPort)],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  context.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  ip('link', 'set', 'far0', 'netns', String(child.pid));
  child.stdin.write('the link is there\n');
  await once(child.stdout, 'data');
  return {
    socketPath,
    up: () => ip('link', 'set', 'bus0', 'up'),
    down: () => ip('link', 'set', 'bus0', 'down'),
  };
}

/** Passes on to the feed's server what comes from the file, while it is open. */
async function passOn({ after }: TestContext, socketPath: string, target: number) {
  let isOpen = true;
  const breakOff = new Set<() => void>();
  const server = createServer(socket => {
    if (!isOpen) return void socket.destroy();
    const onward = connect(target, '127.0.0.1');
    const end = () => {
      socket.destroy();
      onward.destroy();
      breakOff.delete(end);
    };
    breakOff.add(end);
    for (const one of [socket, onward]) one.on('error', () => undefined).on('close', end);
    socket.pipe(onward).pipe(socket);
  });
  await new Promise<void>(resolve => server.listen(socketPath, resolve));
  const close = () => {
    isOpen = false;
    for (const end of breakOff) end();
  };
  after(() => {
    close();
    server.close();
  });
  return {
    open() {
      isOpen = true;
    },
    close,
  };
}

/** One that the link takes with it would wait for an answer for long. */
function hasConnections(): boolean {
  const address = feedAddress.split('.').map(part => Number(part).toString(16).padStart(2, '0'));
  const remote = address.reverse().join('').toUpperCase();
  const [established, closeWait] = ['01', '08'];
  return readFileSync('/proc/self/net/tcp', 'utf8')
    .split('\n')
    .map(line => line.trim().split(/\s+/))
    .some(
      ([, , to = '', state = '']) => to.startsWith(`${remote}:`) && [established, closeWait].includes(state),
    );
}

async function fails({ stand }: FedStand): Promise<void> {
  await until('an outage', async () => {
    const status = await stand.ask('status');
    return /feed +FAILS/.test(status) && status.includes(`ENETUNREACH ${where}`);
  });
}

async function test(context: TestContext): Promise<void> {
  const link = await addLink(context);
  const fed = await startFedStand(context);
  const { stand, server } = fed;
  const wire = await passOn(context, link.socketPath, Number(new URL(server.url).port));
  await stand.restartWith({
    links: { cache: 'fresh', fleetKeys: fed.keys },
    feed: { url: `http://${where}`, root: fed.places.initialRoot, pollS: 3600 },
  });
  await fails(fed);
  link.up();
  await fed.arrives(2);

  wire.close();
  await until('no connection', () => !hasConnections());
  link.down();
  const next = fed.publish('delta');
  await stand.ask('sync');
  await fails(fed);
  wire.open();
  link.up();
  await fed.arrives(next);

  // All is well, and the next round is an hour away.
  const told = fed.publish('delta');
  await stand.ask('sync');
  await fed.arrives(told);
  // The cache has the version a moment before the firmware is told of it.
  const works = new RegExp(`state +works[\\s\\S]*version ${told}`);
  await until('the round’s end', async () => works.test(await stand.ask('feed')));
}

const cleanups: (() => unknown)[] = [];
try {
  await test({ after: cleanup => cleanups.push(cleanup) });
} finally {
  for (const cleanup of cleanups.reverse()) await cleanup();
}
