import { copyFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { expect, test } from 'vitest';
import { footfall, scratch, until } from '../cli/footfall-process.ts';
import { startServer } from './server-process.ts';

const FILES = new URL('./tls/', import.meta.url).pathname;
const folder = scratch();
const [cert, key] = [join(folder, 'shop.crt'), join(folder, 'shop.key')];
const put = (name: string, what: 'crt' | 'key'): void =>
  copyFileSync(join(FILES, `${name}.${what}`), what === 'crt' ? cert : key);
const flags = ['--tls-cert', cert, '--tls-key', key];

/** Whose certificate the server shows. */
const shown = (url: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().subject.CN);
      socket.destroy();
    });
    socket.on('error', reject);
  });

const head = (url: string, host: string): Promise<Readonly<Record<string, unknown>>> =>
  new Promise((resolve, reject) => {
    const asking = request(`${url}/v1/health/live`, { rejectUnauthorized: false, headers: { host } }, (answer) => {
      answer.resume();
      resolve(answer.headers);
    });
    asking.on('error', reject);
    asking.end();
  });

test('the server speaks TLS, takes a new certificate without a pause, and keeps the old one when the new is broken', async () => {
  put('one', 'crt');
  put('one', 'key');
  const server = await startServer(join(folder, 'data'), flags);
  try {
    expect(server.url).toMatch(/^https:/);
    expect(await shown(server.url)).toBe('shop-one.test');
    expect(await head(server.url, 'shop-one.test')).toHaveProperty('strict-transport-security', 'max-age=31536000');
    expect(await head(server.url, 'localhost:7070')).not.toHaveProperty('strict-transport-security');
    await expect(fetch(server.url.replace('https:', 'http:'))).rejects.toThrow();
    writeFileSync(cert, 'no certificate');
    await until(() => server.errors().includes('access.tls'));
    expect(await shown(server.url)).toBe('shop-one.test');
    put('two', 'crt');
    put('two', 'key');
    await until(async () => (await shown(server.url)) === 'shop-two.test');
    expect(server.errors()).toContain('was read again');
  } finally {
    await server.stop();
  }
});

test.each([
  ['one of two files', ['--tls-cert', join(FILES, 'one.crt')], 'one of the two is missing'],
  [
    'files that do not belong together',
    ['--tls-cert', join(FILES, 'one.crt'), '--tls-key', join(FILES, 'two.key')],
    'key values mismatch',
  ],
  ['a file that is not there', ['--tls-cert', join(FILES, 'none.crt'), '--tls-key', join(FILES, 'two.key')], 'ENOENT'],
  [
    'a certificate of the past',
    ['--tls-cert', join(FILES, 'old.crt'), '--tls-key', join(FILES, 'old.key')],
    '2020-01-02',
  ],
])('%s keep the server from starting', async (_, given, why) => {
  const up = ['up', '--port', '0', '--no-demo', '--no-open', '--data', join(folder, 'never'), ...given];
  const { code, stderr } = await footfall(up);
  expect([code, stderr]).toEqual([2, expect.stringContaining('access.tls')]);
  expect(stderr).toContain(why);
});
