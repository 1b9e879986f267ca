/** One passenger's way through the registration site, in a browser that has never been there. */
import type { Pool } from 'undici';
import { z } from 'zod';
import { createBrowser } from './browser.ts';
import { addressOf, passengerName, phoneOf } from './passengers.ts';

const inboxSchema = z.object({ messages: z.array(z.object({ text: z.string() })) });

/**
 * The entry with its stylesheet and icon, name and phone, the code, the notice and the consent: ten requests one after the
 * other, without a moment's thought, and an eleventh of the phone that reads the code.
 * @throws for any answer but the next page
 */
export async function register(
  proxy: Pool,
  site: URL,
  passenger: number,
  timed: (tookMs: number) => void,
): Promise<void> {
  const phone = phoneOf(passenger);
  const { open, submit } = createBrowser(proxy, site, addressOf(passenger), timed);
  const entry = await open('/');
  await Promise.all(assetsOf(entry.html).map(open));
  const details = await open('/register');
  const asked = await submit(details, '/register', { name: passengerName, phone }, '/code');
  const found = await submit(asked, '/code', { code: await readCode(proxy, phone) }, '/media');
  const version = /name="version" value="([^"]+)"/.exec(found.html)?.[1] ?? '';
  await submit(found, '/media', { version, agree: 'yes' }, '/done');
}

function assetsOf(html: string): string[] {
  return [...html.matchAll(/<link [^>]*href="([^"]+)"/g)].map(([, path = '']) => path);
}

async function readCode(proxy: Pool, phone: string): Promise<string> {
  const { body } = await proxy.request({ path: `/sim/sms/${phone}`, method: 'GET' });
  const { messages } = inboxSchema.parse(await body.json());
  const code = /验证码(\d{6})/.exec(messages[0]?.text ?? '')?.[1];
  if (code === undefined) throw new Error('no code came');
  return code;
}
