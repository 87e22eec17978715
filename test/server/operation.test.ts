import { request } from 'node:http';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { askOwner } from '../../src/runtime/control-client.ts';
import { dataFolder } from '../../src/runtime/data-folder.ts';
import { until } from '../cli/footfall-process.ts';
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
  const slow = request(`${shop.url}/v1/events`, {
    method: 'POST',
    headers: { ...shop.bearer('ingest'), 'content-type': 'application/json' },
  });
  slow.once('error', answered.reject);
  slow.once('response', async (answer) =>
    answered.resolve({ status: answer.statusCode ?? 0, body: await new Response(Readable.toWeb(answer)).text() }),
  );
  const text = JSON.stringify({ event_id: 'slow', event_time: new Date().toISOString(), event_type: 'view' });
  slow.write(text.slice(0, 20));
  const stream = await shop.fetch('/v1/live?views=conversion_funnel', { as: 'read' });
  const live = stream.text();

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
});
