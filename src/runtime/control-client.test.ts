import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { askOwner } from './control-client.ts';
import { dataFolder } from './data-folder.ts';

/** Asks an owner that says what `speak` says, and dies. */
async function askDying(speak: (response: ServerResponse) => void): Promise<readonly unknown[]> {
  const path = mkdtempSync(join(tmpdir(), 'footfall-client-'));
  const folder = dataFolder(path);
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      response.writeHead(200);
      response.flushHeaders();
      speak(response);
      // What was said has to be on its way first.
      setTimeout(() => response.destroy(), 50);
    });
  });
  await new Promise<void>((resolve) => server.listen(folder.socket, resolve));
  const parts: unknown[] = [];
  try {
    const { answered } = await askOwner(folder, 'changes', { view: 'any' }, (part) => void parts.push(part));
    return [answered, ...parts];
  } finally {
    await new Promise((resolve) => server.close(resolve));
    rmSync(path, { recursive: true, force: true });
  }
}

test('an owner that dies before it says anything has not answered: another way may be tried', async () => {
  expect(await askDying(() => undefined)).toEqual([false]);
});

test('after half an answer there is no other way: the reader is told to forget it', async () => {
  const half = askDying((response) => response.write(`${JSON.stringify({ part: [1] })}\n`));
  await expect(half).rejects.toMatchObject({ code: 'store.interrupted' });
});

test('an answer that was whole counts, whatever happens to the owner then', async () => {
  const lines = [{ part: [1] }, { result: { cursor: '1:1', snapshot: true, upserts: 1, deletes: 0 } }];
  expect(
    await askDying((response) => response.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))),
  ).toEqual([true, [1]]);
});
