import { expect, test } from 'vitest';
import { begin, footfall, rowsOf, scratch, until } from './footfall-process.ts';

test('standard input that stays open is a live source: what came is counted, and its silence is seen', async () => {
  const data = scratch();
  const event = { event_time: new Date().toISOString(), event_type: 'view', session_id: 's' };
  const input = new TextEncoder().encode(`${JSON.stringify(event)}\n`);
  const { process: child, ended } = begin(['replay', '-', '--data', data], { input, more: true });
  const asked = async () => (await rowsOf(['sources', '--data', data]).catch(() => []))[0];
  try {
    await until(async () => typeof (await asked())?.['at_head_since'] === 'string');
    expect(await asked()).toMatchObject({ path: '-', ended: false, load: null });
    expect(await rowsOf(['query', 'event_aggregations', '--data', data])).toMatchObject([
      { event_count: 1, is_final: false },
    ]);
  } finally {
    child.stdin?.end();
  }
  expect((await ended).code).toBe(0);
  expect(await asked()).toMatchObject({ ended: true, at_head_since: null });
});

test('a live input that was killed holds back nothing once the next one is read', async () => {
  const data = scratch();
  const line = (second: number) =>
    `${JSON.stringify({ event_time: new Date(Date.now() + second * 1000).toISOString(), event_type: 'view' })}\n`;
  const first = begin(['replay', '-', '--data', data], { input: new TextEncoder().encode(line(-7200)), more: true });
  const sources = () => rowsOf(['sources', '--data', data]).catch(() => []);
  await until(async () => typeof (await sources())[0]?.['at_head_since'] === 'string');
  first.process.kill('SIGKILL');
  await first.ended;
  // Without a pause it is a stream like any file, with one it is live: both come after a live one.
  const input = new TextEncoder().encode(line(-3600) + line(0));
  const { code, stdout } = await footfall(['replay', '-', '--data', data, '--json'], { input });
  expect(code).toBe(0);
  const { watermark } = JSON.parse(stdout) as { watermark: string };
  expect(Date.now() - Date.parse(watermark)).toBeLessThan(1_800_000);
  expect(await sources()).toMatchObject([{ ended: true }, { ended: true }]);
});
