/** Videos by the simulator's own program, and a real RTSP server (GStreamer's) that plays one. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../../sim/wires/free-port.ts';
import type { TestContext } from '../../harness.ts';

const sim = fileURLToPath(new URL('../../../sim/main.js', import.meta.url));
/** Debian's own, which has Debian's modules. */
const python = '/usr/bin/python3';

interface Video {
  readonly path: string;
  /** In hex, as they come into view. */
  readonly codes: readonly string[];
}

const folder = mkdtempSync(join(tmpdir(), 'videos-'));
process.on('exit', () => rmSync(folder, { recursive: true }));
const made = new Map<string, Promise<Video>>();

/** Drawn once, for all tests of a file. */
export function makeVideo(extension: 'y4m' | 'mp4'): Promise<Video> {
  const video = made.get(extension) ?? drawVideo(join(folder, `ride.${extension}`));
  made.set(extension, video);
  return video;
}

async function drawVideo(path: string): Promise<Video> {
  // Each code is in view for 3.6 s, many times what a busy machine takes to look at a picture.
  const words = ['video', '--out', path, '--seconds', '18', '--fps', '4', '--codes', '3'];
  const child = spawn(process.execPath, [sim, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const [status] = await once(child, 'close');
  if (status !== 0) throw new Error(`sim video ended (${status})`);
  const drawn: { codes: { hex: string; fromS: number; toS: number }[] } = JSON.parse(said);
  return { path, codes: drawn.codes.map(({ hex }) => hex) };
}

const serve = `
import sys, gi
gi.require_version('Gst', '1.0')
gi.require_version('GstRtspServer', '1.0')
from gi.repository import Gst, GstRtspServer, GLib
Gst.init(None)
server = GstRtspServer.RTSPServer()
server.set_address('127.0.0.1')
server.set_service(sys.argv[1])
factory = GstRtspServer.RTSPMediaFactory()
factory.set_launch('( filesrc location=%s ! qtdemux ! rtph264pay name=pay0 config-interval=1 )' % sys.argv[2])
server.get_mount_points().add_factory('/camera', factory)
server.attach(None)
print('serving', flush=True)
GLib.MainLoop().run()
`;

export async function startRtspServer({ after }: TestContext, path: string) {
  const port = await freePort();
  let server: ChildProcess | undefined;
  const kill = async () => {
    const ended = server?.exitCode === null && server.signalCode === null ? once(server, 'exit') : undefined;
    server?.kill('SIGKILL');
    await ended;
  };
  const start = async () => {
    const started = spawn(python, ['-c', serve, String(port), path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    server = started;
    await once(started.stdout, 'data');
  };
  after(kill);
  await start();
  return { address: `rtsp://viewer:secret@127.0.0.1:${port}/camera`, kill, start };
}

startRtspServer.isInstalled = (): boolean => {
  const look =
    "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import Gst; Gst.init(None); assert Gst.ElementFactory.find('rtph264pay') and Gst.ElementFactory.find('qtdemux')";
  try {
    execFileSync(python, ['-c', look], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};
