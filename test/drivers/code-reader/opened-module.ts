/** A scanner module's driver, opened and ready, with the far end of its wire and all that it tells. */
import type { CodeReader } from '../../../device/ports.ts';
import { recordEvents } from '../../contract/code-reader.ts';
import { type TestContext, until } from '../../harness.ts';
import { createTcpDevice } from '../far-end.ts';

/** @param create makes the driver for this path */
export async function openedModule(context: TestContext, create: (path: string) => CodeReader) {
  const device = await createTcpDevice(context);
  const reader = create(device.address);
  const heard = recordEvents();
  await device.plug();
  context.after(reader.close);
  reader.open(heard.events);
  await until('ready', () => heard.readies() === 1);
  return { ...device, ...heard };
}
