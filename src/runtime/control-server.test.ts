import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LIVE } from '../engine/protocol/schedule.ts';
import { type ControlServer, serveControl } from './control-server.ts';
import { dataFolder } from './data-folder.ts';
import { type OpenShop, openShop } from './open-shop.ts';

const folder = dataFolder(mkdtempSync(join(tmpdir(), 'footfall-server-')));
let open: OpenShop;
let server: ControlServer;
beforeAll(async () => {
  const settings = { zone: 'UTC', lateness: 0, late: 'restate' } as const;
  open = await openShop({ folder, settings, views: [], memoryLimit: '300MB', threads: 1 }, LIVE);
  server = await serveControl(open, 300);
});
afterAll(async () => {
  await server.close();
  await open.close();
  rmSync(folder.path, { recursive: true, force: true });
});

/** Asks for 100 MB and reads nothing of them. */
function stalled(): Socket {
  const body = JSON.stringify({ sql: "SELECT range AS n, repeat('x', 1000) AS text FROM range(100000)" });
  const socket = connect(folder.socket).pause();
  socket.write(
    `POST /query HTTP/1.1\r\nhost: footfall\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  return socket;
}

const connections = async (): Promise<number> =>
  Number((await open.shop.database.one('SELECT count AS n FROM duckdb_connection_count()'))?.['n']);

test('whoever stops reading loses the answer and is told, and nothing of it is left', async () => {
  const before = await connections();
  const socket = stalled();
  for (let i = 0; (await connections()) === before; i++) {
    expect(i).toBeLessThan(100);
    await sleep(10);
  }
  for (let i = 0; (await connections()) > before; i++) {
    expect(i).toBeLessThan(200);
    await sleep(20);
  }
  let text = '';
  for await (const chunk of socket as AsyncIterable<Buffer>) text += chunk.toString();
  expect(text.length).toBeLessThan(10_000_000);
  expect(text).toContain('{"error":{"code":"store.stalled","params":{"seconds":0.3},"where":null}}');
});
