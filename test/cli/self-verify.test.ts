import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Database } from '../../src/store/database.ts';
import { begin, footfall, scratch, until } from './footfall-process.ts';

const folder = scratch();
const data = join(folder, 'shop');

/** Takes a row out of each of these results, as a defect or a disk might. */
async function lose(views: readonly string[]): Promise<void> {
  const database = await Database.open({ path: join(data, 'footfall.duckdb'), memoryLimit: '300MB', threads: 1 });
  for (const view of views)
    await database.run(`DELETE FROM result.${view} WHERE rowid = (SELECT max(rowid) FROM result.${view})`);
  await database.close();
}

test('a running shop finds by itself that a row is wrong, and says so when it is found and when it is asked', async () => {
  const header = 'event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session';
  const rows = Array.from({ length: 900 }, (_, i) => {
    const at = new Date(Date.UTC(2019, 9, 1) + i * 120_000).toISOString().slice(0, 19).replace('T', ' ');
    const session = `00000000-0000-4000-8000-${String(Math.floor(i / 6)).padStart(12, '0')}`;
    return `${at} UTC,${['view', 'cart', 'purchase'][i % 3]},${i % 9},1,a.b,c${i % 4},2.50,${i % 50},${session}`;
  });
  const [early, later] = [join(folder, 'early.csv'), join(folder, 'later.csv')];
  writeFileSync(early, `${[header, ...rows.slice(0, 600)].join('\n')}\n`);
  writeFileSync(later, `${[header, ...rows.slice(600)].join('\n')}\n`);
  expect((await footfall(['replay', early, '--data', data])).code).toBe(0);

  const fresh = await footfall(['verify', '--status', '--data', data]);
  expect([fresh.code, fresh.stdout]).toEqual([0, expect.stringContaining('nothing was verified within 7 days')]);

  await lose(['brand_activity', 'category_revenue', 'product_page_views', 'event_aggregations', 'sales_metrics']);
  const running = begin(['replay', later, '--data', data, '--rate', '10']);
  await until(() => /self-verify: \d+ rows? of \w+ on [-\d]+ differ/.test(running.errors()), 60);
  running.process.kill('SIGINT');
  const { stderr } = await running.ended;
  expect(stderr).toMatch(/self-verify found \d+ stretches that differ/);

  const status = await footfall(['verify', '--status', '--data', data, '--json']);
  expect(status.code).toBe(1);
  const report = JSON.parse(status.stdout) as { equal: boolean; views: { view: string; differing: unknown[] }[] };
  expect(report.equal).toBe(false);
  expect(report.views.some(({ differing }) => differing.length > 0)).toBe(true);
  const shown = await footfall(['verify', '--status', '--data', data]);
  expect(shown.stdout).toMatch(/DIFFERENT: \w+ on [-\d]+, 1 rows?/);
  expect((await footfall(['doctor', '--data', data])).stdout).toMatch(/self-verify.*rows differ/);
}, 90_000);
