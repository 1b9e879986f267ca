/** A small bus with its panel, for all the tests of a file. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBus } from '../../../sim/bus/bus.ts';
import { usualPassengers } from '../../../sim/bus/passengers.ts';
import { servePanel } from '../../../sim/panel/server.ts';
import { until } from '../../harness.ts';
import { panelClient } from './panel-client.ts';

const ids = ['wang', 'zhou-red', 'zhu-phone'];

export async function startPanelBus() {
  const directory = mkdtempSync(join(tmpdir(), 'validator-test-'));
  const passengers = usualPassengers.filter(({ id }) => ids.includes(id));
  const bus = await startBus({ directory, line: '2', phase: 'enforced', passengers, isPatient: true });
  const panel = await servePanel(bus, { port: 0, directory, line: '2' });
  const client = panelClient(panel.url);
  const isReady = async () => {
    const { front, rear } = (await client.state()).validators;
    return [front, rear].every(
      ({ linksVersion, passenger, crew }) =>
        linksVersion !== undefined && passenger.lines.length > 0 && crew.lines.length > 0,
    );
  };
  await until('both validators have their links and have drawn', isReady);
  let ended: Promise<void> | undefined;
  async function end(): Promise<void> {
    await panel.close();
    await bus.close();
    rmSync(directory, { recursive: true, force: true });
  }
  return { bus, panel, client, close: () => (ended ??= end()) };
}
