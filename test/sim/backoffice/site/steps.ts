/** The way through the site, as far as a test wants to go. */
import { noticeVersion } from '../../../../sim/backoffice/site/pages/notice-text.ts';
import type { FormName } from '../../../../sim/backoffice/site/session.ts';
import type { Passenger } from './fake-registration.ts';
import type { Answer, SiteVisitor, TestSite } from './test-site.ts';

/** Name and phone; @returns the page that asks for the code */
export async function askForCode(
  visitor: SiteVisitor,
  { name, phone }: Pick<Passenger, 'name' | 'phone'>,
  form: FormName = 'register',
): Promise<Answer> {
  return visitor.send(await visitor.get(`/${form}`), `/${form}`, { name, phone });
}

export function newestCode({ registration }: TestSite, phone: string): string {
  const code = registration.inbox(phone).at(-1);
  if (code === undefined) throw new Error(`no SMS came to ${phone}`);
  return code;
}

/** @returns the page after the right code */
export async function enterCode(
  site: TestSite,
  visitor: SiteVisitor,
  passenger: Pick<Passenger, 'name' | 'phone'>,
  form: FormName = 'register',
): Promise<Answer> {
  const page = await askForCode(visitor, passenger, form);
  return visitor.send(page, '/code', { code: newestCode(site, passenger.phone) });
}

export const agreed = { version: noticeVersion, agree: 'yes' };

/** All three steps; @returns the page that says that it is done */
export async function upgrade(site: TestSite, visitor: SiteVisitor, passenger: Passenger): Promise<Answer> {
  return visitor.send(await enterCode(site, visitor, passenger), '/media', agreed);
}

/** A form's body, as browsers send it. */
export function form(fields: Readonly<Record<string, string>>): string {
  return new URLSearchParams(fields).toString();
}
