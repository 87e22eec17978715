import { rmSync, writeFileSync } from 'node:fs';
import { serveControl } from '../control-server.ts';
import { pidFile } from './find-server.ts';
import type { Serving } from './serving.ts';

/** The control socket: commands of other processes on the same data folder. */
export async function answerCommands({ open, ending }: Serving): Promise<void> {
  const control = await serveControl(open);
  ending.defer(() => control.close());
  const file = pidFile(open.folder);
  writeFileSync(file, `${process.pid}\n`);
  ending.defer(async () => rmSync(file, { force: true }));
}
