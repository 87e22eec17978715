import { globSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { scratch, until } from '../cli/footfall-process.ts';
import { openBrowser, serveSite } from './browser.ts';
import { makeKey, type ServerProcess, startServer } from './server-process.ts';

const data = scratch();
let server: ServerProcess;
let browser: Browser;
let site: Awaited<ReturnType<typeof serveSite>>;
let [ingest, read] = ['', ''];

/** The build of analytics.js for pages, and the parts that it loads. */
const UMD = new URL('../../node_modules/@segment/analytics-next/dist/umd/', import.meta.url).pathname;
const analyticsFiles = (): Record<string, string> =>
  Object.fromEntries(globSync('*.js', { cwd: UMD }).map((name) => [`/ajs/${name}`, readFileSync(UMD + name, 'utf8')]));

/** The builds of Snowplow's tracker and of its e-commerce plugin for pages. */
const SNOWPLOW = {
  '/tracker.js': new URL('../../node_modules/@snowplow/browser-tracker/dist/index.umd.min.js', import.meta.url),
  '/ecommerce.js': new URL(
    '../../node_modules/@snowplow/browser-plugin-snowplow-ecommerce/dist/index.umd.min.js',
    import.meta.url,
  ),
};

beforeAll(async () => {
  [ingest, read] = [await makeKey(data, 'ingest'), await makeKey(data, 'read')];
  server = await startServer(data);
  const script = `<script src="${server.url}/footfall.js" data-key="${ingest}"></script>`;
  site = await serveSite({
    '/shop.html': `<title>Boots</title>
      <script>(window.footfall ||= []).push(['track', 'early', {}])</script>${script}
      <button id="view" onclick="footfall.view({ product_id: 'p-1', name: 'Boot', price: 79.99, currency: 'USD' })">v</button>
      <button id="cart" onclick="footfall.cart({ product_id: 'p-1', price: 79.99, quantity: 2 })">c</button>
      <button id="remove" onclick="footfall.remove({ product_id: 'p-1', quantity: 1 })">r</button>
      <button id="buy" onclick="footfall.purchase({ order_id: 'o-1', currency: 'USD', products: [
        { product_id: 'p-1', price: 79.99, quantity: 1 }, { product_id: 'p-2', price: 2.5, quantity: 2 } ] })">b</button>`,
    '/segment.html': `<script src="/ajs/index.js"></script><script>
      window.sent = AnalyticsNext.AnalyticsBrowser.load({
        writeKey: '${ingest}',
        cdnSettings: { integrations: { 'Segment.io': {
          apiKey: '${ingest}', apiHost: '${new URL(server.url).host}/v1', protocol: 'http' } } },
      });
      sent.page('Boots');
      sent.identify('segment-user', { plan: 'gold' });
      sent.track('Product Added', { product_id: 'p-1', price: 79.99, quantity: 1, currency: 'USD' });
    </script>`,
    ...analyticsFiles(),
    '/snowplow.html': `<title>Boots</title><script src="/tracker.js"></script><script src="/ecommerce.js"></script><script>
      const { newTracker, trackPageView } = snowplowBrowserTracking;
      const shop = snowplowEcommerceAccelerator;
      const product = { id: 'p-1', name: 'Boot', category: 'Shoes', price: 79.99, currency: 'USD' };
      newTracker('sp', '${server.url}', {
        appId: 'shop',
        credentials: 'omit',
        customHeaders: { Authorization: 'Bearer ${ingest}' },
        plugins: [shop.SnowplowEcommercePlugin()],
      });
      trackPageView();
      shop.trackProductView(product);
      shop.trackAddToCart({ products: [{ ...product, quantity: 2 }], total_value: 159.98, currency: 'USD' });
      shop.trackRemoveFromCart({ products: [{ ...product, quantity: 1 }], total_value: 79.99, currency: 'USD' });
      shop.trackCheckoutStep({ step: 1 });
      shop.trackTransaction({ transaction_id: 'sp-1', revenue: 82.49, currency: 'USD', payment_method: 'card', products: [
        { ...product, quantity: 1 }, { id: 'p-2', category: 'Care', price: 2.5, currency: 'USD', quantity: 1 } ] });
      shop.trackRefund({ transaction_id: 'sp-1', refund_amount: 2.5, currency: 'USD' });
    </script>`,
    ...Object.fromEntries(Object.entries(SNOWPLOW).map(([path, file]) => [path, readFileSync(file, 'utf8')])),
  });
  browser = await openBrowser();
}, 90_000);
afterAll(async () => {
  await browser.close();
  await site.close();
  await server.stop();
});

const rowsOf = async (view: string): Promise<Record<string, unknown>[]> => {
  const answer = await fetch(`${server.url}/v1/views/${view}/rows?limit=1000`, {
    headers: { authorization: `Bearer ${read}` },
  });
  return ((await answer.json()) as { rows: Record<string, unknown>[] }).rows;
};
/** Event types of each visitor, in the order of their names. */
const told = async (): Promise<string[][]> =>
  (await rowsOf('journeys')).map(({ event_types: types }) => [...(types as string[])].sort());
const open = async (path: string, options: BrowserContextOptions = {}): Promise<Page> => {
  const context = await browser.newContext({ locale: 'en-US', ...options });
  const page = await context.newPage();
  await page.goto(site.url + path);
  return page;
};
const whole = (types: readonly string[][], ...wanted: string[]): boolean =>
  types.some((each) => each.join() === wanted.sort().join());

test('the script is at most 2 KB packed, and is cached', async () => {
  const answer = await fetch(`${server.url}/footfall.js`);
  expect(gzipSync(await answer.text(), { level: 9 }).length).toBeLessThanOrEqual(2048);
  const etag = answer.headers.get('etag') ?? '';
  expect((await fetch(`${server.url}/footfall.js`, { headers: { 'if-none-match': etag } })).status).toBe(304);
});

test('what is clicked on a page is counted, also what was asked before the script came', async () => {
  const page = await open('/shop.html?utm_source=google&utm_medium=cpc');
  for (const name of ['view', 'cart', 'remove', 'buy']) await page.click(`#${name}`);
  await until(async () =>
    whole(await told(), 'page', 'early', 'view', 'cart_add', 'cart_remove', 'purchase', 'purchase'),
  );
  const [journey] = await rowsOf('journeys');
  expect(journey).toMatchObject({ first_channel: 'paid_search', last_channel: 'paid_search' });
  expect((await rowsOf('user_session_analytics'))[0]).toMatchObject({ total_purchase_value: '84.9900' });
  expect(await page.context().cookies()).toEqual([]);
  // All that waited has been told.
  await until(() => page.evaluate("localStorage.getItem('footfall.queue') === '[]'"));
  await page.context().close();
});

test('what happens without a connection is told when there is one, and once', async () => {
  const page = await open('/shop.html');
  await page.context().setOffline(true);
  await page.click('#view');
  await page.click('#cart');
  await page.waitForTimeout(500);
  expect(await page.evaluate("JSON.parse(localStorage.getItem('footfall.queue')).length")).toBeGreaterThanOrEqual(2);
  await page.context().setOffline(false);
  await until(async () => whole(await told(), 'page', 'early', 'view', 'cart_add'));
  await page.context().close();
});

test('who leaves at once is still counted, and coming back counts nothing twice', async () => {
  const page = await open('/shop.html');
  await page.click('#remove');
  await page.goto('about:blank');
  await until(async () => whole(await told(), 'page', 'early', 'cart_remove'));
  await page.goto(`${site.url}/shop.html`);
  await until(async () => whole(await told(), 'page', 'early', 'cart_remove', 'page', 'early'));
  await until(() => page.evaluate("localStorage.getItem('footfall.queue') === '[]'"));
  expect(whole(await told(), 'page', 'early', 'cart_remove', 'page', 'early')).toBe(true);
  await page.context().close();
});

test('visitors who ask not to be tracked are not', async () => {
  const context = await browser.newContext({ locale: 'en-US' });
  await context.addInitScript(
    "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })",
  );
  const page = await context.newPage();
  const requests: string[] = [];
  page.on('request', (request) => requests.push(new URL(request.url()).pathname));
  await page.goto(`${site.url}/shop.html`);
  await page.click('#view');
  await page.waitForTimeout(600);
  expect(requests.filter((path) => path.startsWith('/v1'))).toEqual([]);
  expect(await page.evaluate('localStorage.length + sessionStorage.length')).toBe(0);
  await context.close();
});

test('analytics.js as it is sends to the server, with another host', async () => {
  const page = await open('/segment.html');
  await until(async () => whole(await told(), 'page', 'identify', 'cart_add'));
  const journey = (await rowsOf('journeys')).find(({ event_types: types }) => (types as string[]).includes('identify'));
  expect(journey).toMatchObject({ visitor: 'segment-user' });
  await page.context().close();
});

test("Snowplow's tracker as it is sends to the server", async () => {
  const page = await open('/snowplow.html');
  const wanted = ['page', 'view', 'cart_add', 'cart_remove', 'checkout', 'purchase', 'purchase', 'refund'];
  await until(async () => whole(await told(), ...wanted));
  const journey = (await rowsOf('journeys')).find(({ event_types: types }) => (types as string[]).includes('refund'));
  const { event_types: types, amounts: money } = journey as { event_types: string[]; amounts: string[] };
  const amounts = (type: string) => types.flatMap((each, i) => (each === type ? [money[i]] : []));
  expect(amounts('purchase').sort()).toEqual(['2.5000', '79.9900']);
  expect([amounts('cart_add'), amounts('refund')]).toEqual([['159.9800'], ['2.5000']]);
  await page.context().close();
});
