/** The page's requests to the simulator. */
import type { CommandDone, Refusal } from '../protocol.ts';

/** `away`: the simulator did not answer. */
export type Outcome = CommandDone['outcome'] | { readonly event: 'away' };

/** Carries out one command of the bus. Never rejects: an error is an outcome too. */
export function runCommand(line: string): Promise<Outcome> {
  return outcomeOf(
    fetch('/api/command', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ line }),
    }),
  );
}

/** Holds a picture before a camera. */
export function holdPicture(post: string, picture: Blob): Promise<Outcome> {
  return outcomeOf(
    fetch(`/api/cameras/${post}/picture`, {
      method: 'POST',
      headers: { 'content-type': 'image/png' },
      body: picture,
    }),
  );
}

async function outcomeOf(asked: Promise<Response>): Promise<Outcome> {
  try {
    const response = await asked;
    const answer = (await response.json()) as Partial<CommandDone & Refusal>;
    return answer.outcome ?? { event: 'error', message: answer.problem ?? `HTTP ${response.status}` };
  } catch {
    return { event: 'away' };
  }
}
