import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../cli/footfall-process.ts';
import { openBrowser, serveSite } from './browser.ts';
import { serving } from './serving.ts';
import { PASSWORD } from './signed-in.ts';

const shop = serving(['admin', 'read', 'ingest']);
let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
}, 90_000);
afterAll(() => browser.close());

/** A page, with what went wrong in it and what it asked others for. */
async function opened(path: string): Promise<{ page: Page; wrong: string[]; elsewhere: string[] }> {
  const context = await browser.newContext({ locale: 'en-US' });
  const page = await context.newPage();
  const [wrong, elsewhere]: [string[], string[]] = [[], []];
  page.on('console', (message) => {
    if (message.type() === 'error') wrong.push(message.text());
  });
  page.on('pageerror', (error) => wrong.push(error.message));
  page.on('request', (asked) => {
    const url = new URL(asked.url());
    if (url.protocol.startsWith('http') && url.origin !== shop.url) elsewhere.push(asked.url());
  });
  await page.goto(shop.url + path);
  return { page, wrong, elsewhere };
}

test('the documentation works in a browser from our own files alone, and nothing of it breaks the rules', async () => {
  const { page, wrong, elsewhere } = await opened('/docs');
  await page.waitForSelector('.opblock');
  expect(await page.locator('.opblock').count()).toBeGreaterThan(30);
  await page.locator('.opblock', { hasText: 'Events can be sent and rows be read' }).first().click();
  await page.getByRole('button', { name: 'Try it out' }).click();
  await page.getByRole('button', { name: 'Execute' }).click();
  await page.waitForSelector('.live-responses-table');
  expect(await page.locator('.live-responses-table').textContent()).toContain('"ready"');
  expect([wrong, elsewhere]).toEqual([[], []]);
  await page.context().close();
});

test('the page at / works under the same rules', async () => {
  const { page, wrong, elsewhere } = await opened('/');
  await page.waitForSelector('#state[data-state="ready"]');
  expect([wrong, elsewhere]).toEqual([[], []]);
  await page.context().close();
});

test('the first administrator sets a password by the link, and is signed in; the next time by the password', async () => {
  const link = () => /\/sign-in#[\w-]{43}/.exec(shop.process.errors())?.[0];
  await until(() => link() !== undefined);
  const { page, wrong, elsewhere } = await opened(link() ?? '');
  // Nobody reads it over a shoulder, or from the history.
  expect(new URL(page.url()).hash).toBe('');
  await page.locator('#name').fill('root');
  await page.locator('#password').fill('short');
  await page.getByRole('button', { name: 'Set it and sign in' }).click();
  await page.getByText('a password has 12 to 256 characters').waitFor();
  await page.locator('#password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Set it and sign in' }).click();
  await page.getByText('root, with the role admin.').waitFor();
  await page.goto(`${shop.url}/sign-in`);
  await page.getByText('root, with the role admin.').waitFor();
  const [cookie] = await page.context().cookies();
  expect(cookie).toMatchObject({ name: 'footfall', httpOnly: true, sameSite: 'Strict', secure: false });
  expect(await page.evaluate('document.cookie')).toBe('');
  expect(await page.evaluate("fetch('/v1/users').then((answer) => answer.status)")).toBe(200);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  expect(await page.evaluate("fetch('/v1/users').then((answer) => answer.status)")).toBe(401);
  await page.locator('#name').fill('root');
  await page.locator('#password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('root, with the role admin.').waitFor();
  // The browser itself tells of the answers that refused something: nothing else went wrong.
  expect(wrong.filter((line) => !line.includes('the server responded with a status of'))).toEqual([]);
  expect(elsewhere).toEqual([]);
  await page.context().close();
});

test('a page of another site cannot use a cookie, show our pages in a frame, or read an answer', async () => {
  const { page } = await opened('/sign-in');
  await page.locator('#name').fill('root');
  await page.locator('#password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('root, with the role admin.').waitFor();
  // Another origin that the browser takes for the same site: another port of the same host.
  const site = await serveSite({
    '/': `<iframe src="${shop.url}/sign-in"></iframe><form method="post" enctype="text/plain" action="${shop.url}/v1/keys"><input name='{"name":"stolen","role":"admin","x":"' value='"}'></form>`,
  });
  await page.goto(site.url);
  const sent = await page.evaluate(
    `fetch('${shop.url}/v1/keys', { method: 'POST', mode: 'no-cors', credentials: 'include', headers: { 'content-type': 'text/plain' },
       body: '{"name":"stolen","role":"admin"}' }).then(() => 'sent', (error) => String(error))`,
  );
  expect(typeof sent).toBe('string');
  const read = await page.evaluate(
    `fetch('${shop.url}/v1/keys', { credentials: 'include' }).then((answer) => answer.text(), () => 'nothing')`,
  );
  // Browsers keep it from the page; one that does not is refused all the same.
  expect(read).toMatch(/^nothing$|access\.cross_site/);
  expect(page.frames().map((frame) => frame.url())).not.toContain(`${shop.url}/sign-in`);
  await Promise.all([page.waitForNavigation(), page.evaluate('document.forms[0].submit()')]);
  const { lines } = (await shop.ask('/v1/audit?action=key', { as: 'admin' })).body as {
    lines: { outcome: string; who: { kind: string } }[];
  };
  expect(lines.filter(({ who }) => who.kind === 'person').map(({ outcome }) => outcome)).toEqual([
    'refused',
    'refused',
  ]);
  const keys = (await shop.ask('/v1/keys', { as: 'admin' })).body as unknown as { name: string }[];
  expect(keys.filter(({ name }) => name === 'stolen')).toEqual([]);
  await site.close();
  await page.context().close();
});

test('every answer carries the rules: rows, errors, streams, pages, and what is not there', async () => {
  const over = new AbortController();
  for (const [path, options] of [
    ['/v1/views', { as: 'read' }],
    ['/v1/views', {}],
    ['/v1/nothing', {}],
    ['/v1/live?views=brand_activity', { as: 'read', signal: over.signal }],
    ['/v1/views/brand_activity/changes', { as: 'read' }],
    ['/docs', {}],
    ['/', {}],
    ['/footfall.js', {}],
    ['/v1/events', { as: 'ingest', body: {} }],
    ['/v1/events', { method: 'OPTIONS' }],
  ] as const) {
    const { headers } = await shop.fetch(path, options);
    const policy = headers.get('content-security-policy') ?? '';
    expect([path, policy]).toEqual([path, expect.stringContaining("default-src 'none'")]);
    expect([path, policy]).toEqual([path, expect.stringContaining("frame-ancestors 'none'")]);
    expect(policy).not.toContain('unsafe');
    expect([path, headers.get('x-content-type-options'), headers.get('referrer-policy')]).toEqual([
      path,
      'nosniff',
      'no-referrer',
    ]);
    expect(headers.get('permissions-policy')).toContain('geolocation=()');
    expect(headers.get('access-control-allow-credentials')).toBeNull();
    expect([path, headers.get('access-control-allow-origin')]).toEqual([path, path === '/v1/events' ? '*' : null]);
  }
  over.abort();
});
