import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { rowsOf, scratch } from '../cli/footfall-process.ts';
import { makeKey, type ServerProcess, startServer } from './server-process.ts';

interface Sent {
  readonly id: string;
  acknowledged: boolean;
}

/** A client that sends small requests, each again and again until it is answered, whatever happens to the server. */
async function client(
  name: string,
  requests: number,
  send: (body: string, key: string) => Promise<Response>,
  sent: Sent[],
): Promise<number> {
  let accepted = 0;
  for (let i = 0; i < requests; i += 1) {
    const events = Array.from({ length: 1 + (i % 4) }, (_, j) => {
      const each = { id: `${name}-${i}-${j}`, acknowledged: false };
      sent.push(each);
      return each;
    });
    const time = new Date().toISOString();
    const body = JSON.stringify(events.map(({ id }) => ({ event_id: id, event_time: time, event_type: 'view' })));
    for (;;) {
      const answer = await send(body, `${name}-${i}`).catch(() => undefined);
      if (answer?.status === 200) {
        accepted += ((await answer.json()) as { accepted: number }).accepted;
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    for (const each of events) each.acknowledged = true;
  }
  return accepted;
}

const eventsOf = async (data: string): Promise<number> =>
  Number(
    (
      await rowsOf(['query', '--sql', 'SELECT sum(event_count)::BIGINT AS n FROM event_aggregations', '--data', data])
    )[0]?.['n'],
  );

test('whatever was acknowledged is counted once, though the server is killed again and again', async () => {
  const data = scratch();
  const key = await makeKey(data, 'ingest');
  let server: ServerProcess = await startServer(data);
  const send = (body: string, idempotency: string) =>
    fetch(`${server.url}/v1/events`, {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'idempotency-key': idempotency },
    });
  const sent: Sent[] = [];
  const clients = Promise.all(Array.from({ length: 6 }, (_, i) => client(`c${i}`, 60, send, sent)));
  let over = false;
  const accepted = clients.finally(() => {
    over = true;
  });
  for (let kills = 0; kills < 4 && !over; kills += 1) {
    await new Promise((resolve) => setTimeout(resolve, 150 + 130 * kills));
    await server.kill();
    server = await startServer(data);
  }
  // A request has one answer, whenever it is given: what it said was accepted is in.
  expect((await accepted).reduce((sum, each) => sum + each, 0)).toBe(sent.length);
  expect((await server.stop()).code).toBe(0);
  expect(await eventsOf(data)).toBe(sent.length);

  // The journal alone is enough.
  for (const file of ['footfall.duckdb', 'footfall.duckdb.wal', 'control.db'])
    rmSync(join(data, file), { force: true });
  const rebuilt = await startServer(data);
  await rebuilt.stop();
  expect(await eventsOf(data)).toBe(sent.length);
}, 120_000);
