/**
 * The feed's machine behind a link, in a network namespace of its own: passes what comes to its address on to a socket that is
 * a file. Its arguments are that file, the address and the port. It says when it is there, and, once it has been told that
 * the link is, when it listens.
 */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

const [socketPath = '', address = '', port = ''] = process.argv.slice(2);
const ip = (...words: readonly string[]) =>
  execFileSync('ip', words, { stdio: ['ignore', 'ignore', 'inherit'] });

process.stdout.write('here\n');
await once(process.stdin, 'data');
ip('address', 'add', `${address}/24`, 'dev', 'far0');
ip('link', 'set', 'far0', 'up');
const server = createServer(socket => {
  const onward = connect(socketPath);
  for (const [one, other] of [
    [socket, onward],
    [onward, socket],
  ] as const) {
    one.on('error', () => undefined).on('close', () => other.destroy());
  }
  socket.pipe(onward).pipe(socket);
});
// Until the link is up nobody can reach it, but it is there.
server.listen(Number(port), () => process.stdout.write('listening\n'));
