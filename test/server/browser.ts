import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import bundled from '@sparticuz/chromium';
import { type Browser, chromium } from 'playwright-core';

/** A browser without a window: the one of `CHROMIUM_PATH`, else the one that comes with the packages. */
export async function openBrowser(): Promise<Browser> {
  const own = process.env['CHROMIUM_PATH'];
  return chromium.launch({
    executablePath: own ?? (await bundled.executablePath()),
    // In a single process it ends with the first page that is closed.
    args: bundled.args.filter((each) => each !== '--single-process'),
    headless: true,
  });
}

/** A site with the given pages and scripts, at an address of its own. */
export async function serveSite(
  files: Readonly<Record<string, string>>,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server: Server = createServer(({ url = '' }, answer) => {
    const text = files[url.split('?', 1)[0] ?? ''];
    const type = url.includes('.js') ? 'text/javascript' : 'text/html';
    answer.writeHead(text === undefined ? 404 : 200, { 'content-type': `${type}; charset=utf-8` }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
