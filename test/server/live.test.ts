import { afterAll, beforeAll, expect, test } from 'vitest';
import { rowsOf, scratch, until } from '../cli/footfall-process.ts';
import { listen, type ServerEvent } from './listen.ts';
import { makeKey, type ServerProcess, startServer } from './server-process.ts';

const data = scratch();
const VIEW = 'brand_activity';
let server: ServerProcess;
let [ingest, read] = ['', ''];
beforeAll(async () => {
  [ingest, read] = [await makeKey(data, 'ingest'), await makeKey(data, 'read')];
  server = await startServer(data);
});
afterAll(() => server.stop());

const send = async (minutesAgo: number, brand: string): Promise<void> => {
  const event_time = new Date(Date.now() - minutesAgo * 60_000).toISOString();
  const answer = await fetch(`${server.url}/v1/events`, {
    method: 'POST',
    body: JSON.stringify({ event_time, event_type: 'view', user_id: 'u', brand }),
    headers: { authorization: `Bearer ${ingest}`, 'content-type': 'application/json' },
  });
  expect(answer.status).toBe(200);
};

/** A copy of the view's rows, kept by nothing but what is heard. */
class Copy {
  readonly final = new Map<string, unknown>();
  live: readonly unknown[] = [];
  cursor = '';
  readonly kinds: string[] = [];
  private over = new AbortController();
  private hearing: Promise<void> = Promise.resolve();

  begin(): void {
    this.over = new AbortController();
    const headers = {
      authorization: `Bearer ${read}`,
      ...(this.cursor === '' ? {} : { 'last-event-id': this.cursor }),
    };
    this.hearing = (async () => {
      const url = `${server.url}/v1/live?views=${VIEW}`;
      for await (const event of listen(url, headers, this.over.signal)) this.hear(event);
    })().catch(() => undefined);
  }

  async end(): Promise<void> {
    this.over.abort();
    await this.hearing;
  }

  private hear({ kind, id, data: said }: ServerEvent): void {
    this.kinds.push(kind);
    if (kind === 'live') {
      this.live = said['rows'] as unknown[];
      return;
    }
    this.cursor = id;
    if (kind === 'snapshot') this.final.clear();
    for (const { op, row } of said['entries'] as { op: string; row: Record<string, unknown> }[]) {
      const key = `${row['window_start']} ${row['brand']}`;
      if (op === 'upsert') this.final.set(key, row);
      else this.final.delete(key);
    }
  }
}

const sorted = (rows: Iterable<unknown>) => [...rows].map((row) => JSON.stringify(row)).sort();

test('whoever listens holds the rows, also after having been away', async () => {
  const copy = new Copy();
  copy.begin();
  await send(70, 'Old');
  await send(2, 'New');
  const rows = (...more: string[]) => rowsOf(['query', VIEW, '--data', data, ...more]);
  const agrees = async (): Promise<boolean> => {
    const final = await rows('--final');
    const live = (await rows()).filter(({ is_final }) => is_final === false);
    return (
      final.length > 0 &&
      sorted(copy.final.values()).join() === sorted(final).join() &&
      sorted(copy.live).join() === sorted(live).join()
    );
  };
  await until(agrees);
  await copy.end();
  const heard = copy.kinds.length;
  // Late: it corrects what is final, while nobody listens.
  await send(70, 'Old');
  await until(async () => (await rows('--final')).some(({ revision }) => revision === 1));
  copy.begin();
  await until(agrees);
  expect(copy.kinds.slice(heard)).not.toContain('snapshot');
  await copy.end();
});

test('who comes with a cursor that is none, or asks for a view that is not, is told so', async () => {
  const get = async (path: string) => {
    const answer = await fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${read}` } });
    return [answer.status, ((await answer.json()) as { code: string }).code];
  };
  expect(await get(`/v1/live?views=${VIEW}&since=x`)).toEqual([400, 'query.cursor']);
  expect(await get('/v1/live?views=nothing')).toEqual([404, 'view.unknown']);
});
