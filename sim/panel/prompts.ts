/** The pilot's recordings for the page to play, each made when it is first asked for. */
import type { FastifyInstance } from 'fastify';
import { makeRecording, missingForVoice } from '../voice/make-voice.ts';
import { pilotWords } from '../voice/words.ts';

export function addPrompts(server: FastifyInstance): void {
  const recordings = new Map<string, Promise<Buffer>>();

  function recordingOf(prompt: string): Promise<Buffer> | undefined {
    const words = Object.hasOwn(pilotWords, prompt) ? pilotWords[prompt] : undefined;
    if (words === undefined || missingForVoice(false).length > 0) return undefined;
    const kept = recordings.get(prompt);
    if (kept !== undefined) return kept;
    const making = makeRecording(words);
    recordings.set(prompt, making);
    // What could not be made once is tried again when it is next asked for.
    making.catch(() => recordings.delete(prompt));
    return making;
  }

  server.get<{ Params: { prompt: string } }>('/api/prompts/:prompt.wav', async ({ params }, reply) => {
    const recording = await recordingOf(params.prompt);
    if (recording === undefined) {
      return reply
        .code(404)
        .send({ problem: 'there is no such recording, or the package espeak-ng is missing' });
    }
    return reply.type('audio/wav').header('cache-control', 'max-age=3600').send(recording);
  });
}
