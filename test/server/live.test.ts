import { expect, test } from 'vitest';
import { rowsOf, until } from '../cli/footfall-process.ts';
import { listen, type ServerEvent } from './listen.ts';
import { serving } from './serving.ts';

const shop = serving(['ingest', 'read']);
const { data } = shop;
const VIEW = 'brand_activity';

const send = async (minutesAgo: number, brand: string): Promise<void> => {
  const event_time = new Date(Date.now() - minutesAgo * 60_000).toISOString();
  expect((await shop.send({ event_time, event_type: 'view', user_id: 'u', brand })).status).toBe(200);
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
      ...shop.bearer('read'),
      ...(this.cursor === '' ? {} : { 'last-event-id': this.cursor }),
    };
    this.hearing = (async () => {
      const url = `${shop.url}/v1/live?views=${VIEW}`;
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
    const { status, body } = await shop.get(path);
    return [status, body['code']];
  };
  expect(await get(`/v1/live?views=${VIEW}&since=x`)).toEqual([400, 'query.cursor']);
  expect(await get('/v1/live?views=nothing')).toEqual([404, 'view.unknown']);
});
