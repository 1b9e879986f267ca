/** The panel's plain requests: the state, a command, the recording. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { CommandRecord } from './command-record.ts';
import type { PanelModel } from './panel-model.ts';
import type { Recording } from './recording.ts';

interface Parts {
  readonly model: PanelModel;
  readonly commands: CommandRecord;
  readonly recording: Recording;
}

const commandBody = z.strictObject({
  line: z
    .string()
    .max(1000)
    .regex(/\S/, 'is empty')
    .regex(/^\P{Cc}*$/u, 'must be one line without control characters'),
});

export function addCommands(server: FastifyInstance, { model, commands, recording }: Parts): void {
  server.get('/api/state', async (_request, reply) =>
    reply.header('cache-control', 'no-store').send(model.state()),
  );

  server.post('/api/command', async ({ body }) => {
    const { line } = commandBody.parse(body);
    return commands.carryOutForPage(line.trim());
  });

  server.get('/api/recording.yaml', async (_request, reply) => {
    const text = recording.text();
    if (text === undefined)
      return reply.code(404).send({ problem: 'nothing has been recorded: record start' });
    return reply
      .type('application/yaml; charset=utf-8')
      .header('content-disposition', 'attachment; filename="recording.yaml"')
      .header('cache-control', 'no-store')
      .send(text);
  });
}
