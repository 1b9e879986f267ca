/** The whole way: somebody registers on the site, in a real browser, and the validator's next tap knows it. */
import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { type Bus, startBus } from '../../../sim/bus/bus.ts';
import { runCommand } from '../../../sim/bus/commands/commands.ts';
import { usualPassengers } from '../../../sim/bus/passengers.ts';
import type { PostName } from '../../../sim/bus/validator-post.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { launch, needed, phone } from '../backoffice/site/browser.ts';

async function openBus(context: TestContext): Promise<Bus> {
  const directory = temporaryDirectory(context);
  const start = { line: '2', phase: 'enforced', passengers: usualPassengers, isPatient: true } as const;
  const bus = await startBus({ directory, ...start });
  context.after(() => bus.close());
  await until('both have data', () => bus.linksVersion('front') > 0 && bus.linksVersion('rear') > 0);
  return bus;
}

/** `verdict status`, once the medium is not the same again any more. */
function tap(bus: Bus, post: PostName, passenger: string): Promise<string> {
  return until('not a repeat', async () => {
    const { outcome } = await bus.tap(post, passenger);
    return outcome?.verdict !== 'repeat' && [outcome?.verdict, outcome?.status].filter(Boolean).join(' ');
  });
}

const wanderer = 'feng-not-linked';

function newestCode(bus: Bus): string {
  return /\d{6}/.exec(bus.office.inbox(wanderer)[0]?.text ?? '')?.[0] ?? 'no code came';
}

async function verify(page: Page, bus: Bus, form: 'register' | 'manage'): Promise<void> {
  const passenger = bus.passengers.find(({ id }) => id === wanderer);
  await page.goto(`/${form}`);
  await page.fill('#name', passenger?.name ?? '');
  await page.fill('#phone', passenger?.phone ?? '');
  await page.click('main form button');
  await page.fill('#code', newestCode(bus));
  await page.click('form:has(#code) button');
}

suite('registration and the bus', test => {
  const shared = test.shared(openBus);

  test('what a tester does at the back office, as commands', async () => {
    const bus = await shared();
    const run = (line: string) => runCommand(bus, line);
    const refused = (line: string, why: RegExp) =>
      run(line).then(
        () => assert.unreachable(line),
        (error: Error) => assert.match(error.message, why),
      );
    await run(`register ${wanderer}`);
    assert.is(await tap(bus, 'front', wanderer), 'pass');
    assert.is(bus.office.inbox(wanderer).length, 1);
    await run(`withdraw ${wanderer}`);
    assert.is(await tap(bus, 'rear', wanderer), 'not-found');
    await refused('register he-alipay', /没有可以升级的乘车码/);
    await refused('health kong-door-card green', /nothing that can be linked/);

    await run('phase trial');
    assert.equal((await bus.tap('front', 'zhou-red')).outcome?.phase, 'trial');
    await run('phase before');
    await refused('register wang', /503 服务尚未开放/);
    assert.is(await tap(bus, 'rear', 'zhou-red'), 'not-checked');
    await run('phase enforced');

    await run('source failing');
    await run('health sun-yellow green');
    assert.is(await tap(bus, 'front', 'sun-yellow'), 'abnormal yellow', 'the last good answer');
    await run('source ok');
    await run('health sun-yellow green');
    assert.is(await tap(bus, 'rear', 'sun-yellow'), 'pass');

    await run('withdraw zhou-red');
    await run('register zhou-red');
    assert.is(bus.passengers.find(({ id }) => id === 'zhou-red')?.health, 'red', 'as the source says');
  });

  // After the commands, which leave the wanderer withdrawn.
  test.needing(needed, 'registered on the site: pass; withdrawn: not-found again', async context => {
    const bus = await shared();
    const browser = await launch(context);
    const browsing = await browser.newContext({
      baseURL: bus.office.siteUrl,
      locale: 'zh-CN',
      viewport: phone,
      javaScriptEnabled: false,
    });
    const page = await browsing.newPage();
    const visits: string[] = [];
    bus.office.onVisit(({ event, passenger }) => void visits.push(`${event} ${passenger}`));
    assert.is(await tap(bus, 'front', wanderer), 'not-found');

    await verify(page, bus, 'register');
    await page.check('#agree');
    await page.click('form[action="/media"] button');
    assert.match(await page.locator('h1').innerText(), /升级成功|已完成|完成/);
    const before = bus.linksVersion('rear');
    await until('the rear validator has it', () => bus.linksVersion('rear') > before);
    assert.is(await tap(bus, 'rear', wanderer), 'pass');

    await bus.office.setHealth(wanderer, 'red');
    assert.is(await tap(bus, 'front', wanderer), 'abnormal red');

    // In the same browser another code comes after a minute only.
    await browsing.clearCookies();
    await verify(page, bus, 'manage');
    await page.goto('/withdraw');
    await page.click('form[action="/withdraw"] button');
    assert.ok(page.url().endsWith('/withdrawn'), page.url());
    await bus.office.publish();
    assert.is(await tap(bus, 'rear', wanderer), 'not-found');
    assert.equal(visits, [`registered ${wanderer}`, `withdrawn ${wanderer}`]);
    await bus.office.register(wanderer);
    assert.is(visits.length, 2, 'what a command does on the site is told by the command');
  });
});
