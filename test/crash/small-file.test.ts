import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { readJournal } from '../../src/journal/event-journal.ts';

const VICTIM = fileURLToPath(new URL('./small-file-victim.ts', import.meta.url));

test('where the system lets no file grow, nothing is acknowledged that is not there, and it heals by itself', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'footfall-limit-'));
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [VICTIM, folder, '10000']);
    const { acknowledged, refused } = JSON.parse(stdout) as {
      acknowledged: readonly string[];
      refused: Readonly<Record<string, string>>;
    };
    expect(acknowledged.length).toBeGreaterThan(2);
    expect(acknowledged.at(-1)).toBe('healed');
    expect(Object.keys(refused).length).toBeGreaterThan(8);
    expect(new Set(Object.values(refused))).toEqual(new Set(['journal.write']));
    const ids = [...readJournal(join(folder, 'journal'), 0)].flatMap(({ batch }) => {
      const column = batch.columns['event_id'];
      return column?.kind === 'text' ? column.values : [];
    });
    expect(ids).toEqual(acknowledged);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);
