import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { askOwner } from '../../src/runtime/control-client.ts';
import { dataFolder } from '../../src/runtime/data-folder.ts';
import type { ServerStatus } from '../../src/runtime/operations/server-status.ts';
import { type LogLine, parseLogLine } from '../../src/telemetry/log-line.ts';
import { readLog } from '../../src/telemetry/read-log.ts';
import { logFile } from '../../src/telemetry/rotating-file.ts';
import { footfall, until } from '../cli/footfall-process.ts';
import { serving } from './serving.ts';

const shop = serving(['ingest', 'read']);

/** The process that serves; undefined while none does. */
async function pidOf(): Promise<number | undefined> {
  const asked = await askOwner(dataFolder(shop.data), 'status', {}, () => undefined).catch(() => undefined);
  return asked?.answered === true ? asked.output.pid : undefined;
}

const isReady = async (): Promise<boolean> =>
  (await fetch(`${shop.url}/v1/health/ready`).catch(() => undefined))?.status === 200;

test('a real shop tells its figures to nobody without a key', async () => {
  expect(await shop.ask('/v1/demo')).toEqual({ status: 200, body: { demo: false } });
  expect(await (await shop.fetch('/')).text()).toContain('Footfall');
});

const linesOf = (): readonly LogLine[] =>
  readFileSync(logFile(shop.data, 0), 'utf8')
    .trim()
    .split('\n')
    .map((text) => {
      const line = parseLogLine(text);
      if (line === undefined) throw new Error(`no log line: ${text}`);
      return line;
    });

test('a request has a name and a line, with its route and who asked, and no secret of either', async () => {
  const secret = 'secret-of-the-address';
  const named = { 'x-request-id': 'request-7' };
  const answer = await shop.fetch(`/v1/views/conversion_funnel/rows?limit=1&cursor=${secret}`, {
    as: 'read',
    headers: named,
  });
  expect(answer.headers.get('x-request-id')).toBe('request-7');
  const traced = await shop.fetch('/v1/views', {
    headers: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', 'x-request-id': 'two words' },
  });
  expect(traced.headers.get('x-request-id')).toBe('0af7651916cd43dd8448eb211c80319c');
  const about = (id: string) => linesOf().find((line) => line['request_id'] === id);
  await until(() => about('request-7') !== undefined && about('0af7651916cd43dd8448eb211c80319c') !== undefined);
  expect(about('request-7')).toMatchObject({
    level: 'info',
    msg: 'request',
    method: 'GET',
    route: '/v1/views/:name/rows',
    status: answer.status,
    ms: expect.any(Number),
    bytes: expect.any(Number),
    caller: expect.stringMatching(/^key:[\w-]+$/),
  });
  expect(about('0af7651916cd43dd8448eb211c80319c')).toMatchObject({ status: 401, code: 'access.missing' });
  const text = readFileSync(logFile(shop.data, 0), 'utf8');
  expect(text).toContain('"msg":"listening"');
  for (const hidden of [secret, shop.keyOf('read'), shop.keyOf('ingest'), '127.0.0.1"'])
    expect(text).not.toContain(hidden);
});

test('it is found by its data folder, and tells how it is', async () => {
  const { code, stdout } = await footfall(['status', '--data', shop.data, '--json']);
  const status = JSON.parse(stdout) as ServerStatus;
  expect([code, status]).toMatchObject([0, { running: true, ready: true, reasons: [], url: shop.url }]);
  expect(status.pid).toBe(await pidOf());
  expect(status.disk_bytes).toBeGreaterThan(10_000);
  const shown = await footfall(['status', '--data', shop.data]);
  expect(shown.stdout).toMatch(new RegExp(`^state +ready\\naddress +${shop.url}\\n`));
  const logs = await footfall(['logs', '--data', shop.data, '--since', '1h', '--json']);
  const lines = logs.stdout.trim().split('\n').map(parseLogLine);
  expect(lines[0]).toMatchObject({ msg: 'listening', url: shop.url, pid: status.pid });
  expect((await footfall(['logs', '--data', shop.data, '--level', 'fatal'])).stdout).toBe('');
});

test('a server that was killed is back at its address with all that it acknowledged', async () => {
  const event = { event_id: 'before', event_time: new Date().toISOString(), event_type: 'view' };
  expect((await shop.send(event)).status).toBe(200);
  const before = await pidOf();
  expect(before).toBeTypeOf('number');
  process.kill(before ?? 0, 'SIGKILL');
  await until(async () => (await isReady()) && (await pidOf()) !== before);
  const again = await shop.send(event);
  expect(await again.json()).toMatchObject({ accepted: 0, duplicate: 1 });
});

test('a server that is asked to end finishes what is under way, and takes no more', async () => {
  const answered = Promise.withResolvers<{ readonly status: number; readonly body: string }>();
  const json = { ...shop.bearer('ingest'), 'content-type': 'application/json' };
  const slow = request(`${shop.url}/v1/events`, { method: 'POST', headers: json });
  slow.once('error', answered.reject);
  slow.once('response', async (answer) =>
    answered.resolve({ status: answer.statusCode ?? 0, body: await new Response(Readable.toWeb(answer)).text() }),
  );
  const gone = request(`${shop.url}/v1/events`, { method: 'POST', headers: json });
  gone.once('error', () => undefined);
  gone.write('{');
  const text = JSON.stringify({ event_id: 'slow', event_time: new Date().toISOString(), event_type: 'view' });
  slow.write(text.slice(0, 20));
  const stream = await shop.fetch('/v1/live?views=conversion_funnel', { as: 'read' });
  const live = stream.text();
  // Nobody waits for whoever has gone.
  gone.destroy();
  await until(() => linesOf().some((line) => line['aborted'] === true));

  const { url } = shop;
  const stopped = shop.stop();
  await until(async () => (await fetch(`${url}/v1/health/ready`)).status === 503);
  const ask = () => fetch(`${url}/v1/views`, { headers: shop.bearer('read') });
  let refused = await ask();
  await until(async () => {
    if (refused.status === 200) refused = await ask();
    return refused.status !== 200;
  });
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^\d+$/)]);
  expect(await refused.json()).toMatchObject({ code: 'server.ending' });
  expect(await live).toMatch(/retry: 1000\nevent: end\n/);

  slow.end(text.slice(20));
  const { status, body } = await answered.promise;
  expect([status, JSON.parse(body)]).toMatchObject([200, { accepted: 1 }]);
  expect((await stopped).code).toBe(0);
  expect(linesOf().filter(({ msg }) => msg.includes('cut off'))).toEqual([]);
});

test('the documentation names every field of the log', () => {
  const page = readFileSync(new URL('../../docs/operation.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| (`[^|]+) \| [^|]+ \| [^|]+ \|$/gm)].map(([, names]) => names ?? '');
  const named = new Set(rows.flatMap((names) => [...names.matchAll(/`(\w+)`/g)].map(([, name]) => name ?? '')));
  const fields = new Set([...readLog(shop.data)].flatMap((line) => Object.keys(line)));
  expect([...fields].filter((field) => !named.has(field))).toEqual([]);
  expect(fields.size).toBeGreaterThan(12);
});

test('it is stopped by its data folder, and waited for', async () => {
  const none = await footfall(['status', '--data', shop.data, '--json']);
  expect([none.code, JSON.parse(none.stdout)]).toMatchObject([1, { running: false, ready: false }]);
  await shop.start();
  const pid = await pidOf();
  const { code, stdout } = await footfall(['stop', '--data', shop.data, '--json']);
  expect([code, JSON.parse(stdout)]).toEqual([0, { stopped: true, pid, how: 'ended' }]);
  expect((await shop.stop()).code).toBe(0);
  expect((await footfall(['stop', '--data', shop.data])).stdout).toContain('nothing runs on');
});

test('it goes on in the background, once for each data folder', async () => {
  const up = (...more: string[]) =>
    footfall(['up', '--data', shop.data, '--port', '0', '--no-demo', '--detach', '--json', ...more]);
  const started = await up();
  const { url, pid } = JSON.parse(started.stdout) as { url: string; pid: number };
  try {
    expect((await fetch(`${url}/v1/health/live`)).status).toBe(200);
    expect(await pidOf()).toBe(pid);
    const again = await up();
    expect([again.code, again.stderr]).toEqual([4, expect.stringContaining('"server.running"')]);
  } finally {
    expect((await footfall(['stop', '--data', shop.data, '--force'])).code).toBe(0);
  }
  const wrong = await up('--memory-limit', 'much');
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('config.invalid')]);
});
