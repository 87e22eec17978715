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
