/** Passengers who register: the whole three-step path through the service and its store, as quickly as they come. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openOfficeData } from '../../../sim/backoffice/office-data.ts';
import { createRegistration } from '../../../sim/backoffice/registration/create-registration.ts';
import { createSimulatedSmsGateway } from '../../../sim/backoffice/registration/simulated-sms-gateway.ts';

export interface Paths {
  /** One passenger, all three steps. @returns how long that took, in milliseconds */
  walk(): Promise<number>;
  close(): Promise<void>;
}

const phoneOf = (i: number) => `139${String(i).padStart(8, '0')}`;
const accountOf = (i: number) => `31051${String(i).padStart(14, '0')}`;

/** @param passengers who own a card each; of more, the first come again */
export async function openPaths(directory: string, passengers: number): Promise<Paths> {
  const data = openOfficeData(directory);
  const table = join(directory, 'media.csv');
  const lines = Array.from({ length: passengers }, (_, i) => `${phoneOf(i)},张三,t-union,${accountOf(i)}\n`);
  writeFileSync(table, `phone,name,medium,account\n${lines.join('')}`);
  await data.register.importTable(table, Date.now(), async () => undefined);
  const gateway = createSimulatedSmsGateway(Date.now);
  const registration = createRegistration(
    { store: data.store, register: data.register, gateway, changed: () => undefined },
    { opensAt: () => 0, liveWithinMs: 0 },
  );
  let next = 0;

  async function walk(): Promise<number> {
    const i = next++;
    const phone = phoneOf(i % passengers);
    const visitor = { session: `session ${i}`, address: `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}` };
    const started = performance.now();
    const asked = await registration.requestCode(visitor, {
      purpose: 'register',
      name: '张三',
      phone,
      byProxy: false,
    });
    const code = /验证码(\d{6})/.exec(gateway.inbox(phone)[0]?.text ?? '')?.[1] ?? '';
    const verified = await registration.verify(visitor, code);
    const state = await registration.ownState(visitor);
    const consented = await registration.consent(visitor, 'bench');
    if (!asked.sent || !verified.verified || state?.media.length !== 1 || !consented.done)
      throw new Error(`passenger ${i}: ${JSON.stringify({ asked, verified, consented })}`);
    return performance.now() - started;
  }
  return { walk, close: data.close };
}
