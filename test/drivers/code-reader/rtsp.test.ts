/** A camera by RTSP, with a real server. */
import * as assert from 'uvu/assert';
import { isProgram } from '../../../drivers/wire/program.ts';
import { bytesRead } from '../../contract/code-reader.ts';
import { suite, until } from '../../harness.ts';
import type { Requirement } from '../../left-out.ts';
import { patient, slowMs, watch } from './ffmpeg-stand.ts';
import { makeVideo, startRtspServer } from './video-sources.ts';

const rtspServer: Requirement = {
  what: 'GStreamer’s RTSP server for Python, and ffmpeg',
  packages: ['ffmpeg', 'python3-gi', 'gir1.2-gst-rtsp-server-1.0', 'gstreamer1.0-plugins-good'],
  met: () => isProgram('ffmpeg') && startRtspServer.isInstalled(),
};

suite('camera by RTSP', test => {
  for (const transport of ['tcp', 'udp'] as const) {
    test.needing(
      rtspServer,
      `over ${transport}: codes are read, the server’s death is told, and it is back`,
      async context => {
        const { path, codes: shown } = await makeVideo('mp4');
        const server = await startRtspServer(context, path);
        const { open, codes, faults, readies } = watch(
          context,
          { rtsp: server.address, transport },
          { ...patient, frameTimeoutMs: 5000 },
        );
        open();
        await until('a code', () => codes.length > 0, slowMs);
        assert.ok(shown.includes(bytesRead(codes)[0] ?? ''));
        await server.kill();
        await until('the fault', () => faults.length > 0, slowMs);
        const before = [readies(), codes.length];
        await server.start();
        await until('ready', () => readies() > (before[0] ?? 0), slowMs);
        await until('a code', () => codes.length > (before[1] ?? 0), slowMs);
      },
    );
  }

  test.needing('ffmpeg', 'who logs in is in no fault', async context => {
    const address = 'rtsp://admin:s3cr@t@127.0.0.1:9/live?password=hidden';
    const { open, faults } = watch(context, { rtsp: address, transport: 'tcp' });
    open();
    await until('the fault', () => faults.length > 0, slowMs);
    const message = String(faults[0]?.message);
    assert.match(message, /Connection refused/);
    assert.not.match(message, /admin|s3cr|@t|hidden/);
  });
});
