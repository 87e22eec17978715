import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { rowsOf, scratch } from './footfall-process.ts';

const BIN = new URL('../../bin/footfall', import.meta.url).pathname;
const folder = scratch();
const events = join(folder, 'events.ndjson');
const line = (session: number) =>
  JSON.stringify({ event_time: '2024-05-01T10:00:00Z', event_type: 'view', session_id: `s${session}` });
writeFileSync(events, `${[1, 2, 3].map(line).join('\n')}\n`);

const counted = async (name: string, shell: string): Promise<unknown> => {
  const data = join(folder, name);
  await promisify(execFile)('bash', ['-c', shell, 'bash', process.execPath, BIN, data, events]);
  const rows = await rowsOf(['query', 'event_aggregations', '--data', data]);
  return rows.reduce((sum, row) => sum + Number(row['event_count']), 0);
};

const REPLAY = '"$1" "$2" replay - --data "$3" --close';

test('a pipe whose writer pauses is waited for', async () => {
  const slow =
    'sleep 1; head -n 1 "$4"; sleep 0.3; tail -n 2 "$4" | head -c 20; sleep 0.3; tail -n 2 "$4" | tail -c +21';
  expect(await counted('pipe', `(${slow}) | ${REPLAY}`)).toBe(3);
});

test('a packed pipe whose writer pauses is waited for', async () => {
  const slow = 'gzip < "$4" | (head -c 15; sleep 1; cat)';
  expect(await counted('packed', `(${slow}) | ${REPLAY}`)).toBe(3);
});

test('a redirected file is read', async () => {
  expect(await counted('file', `${REPLAY} < "$4"`)).toBe(3);
});

test('an empty input has no events', async () => {
  expect(await counted('device', `${REPLAY} < /dev/null`)).toBe(0);
  expect(await counted('nothing', `true | ${REPLAY}`)).toBe(0);
});

test('what its beginning does not tell can be said', async () => {
  expect(await counted('named', `(echo 'cut"}'; cat "$4") | ${REPLAY} --format ndjson`)).toBe(3);
});
