import { createHash, randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { open, statfs } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { diskFailure } from '../../journal/write-durably.ts';
import type { ImportFiles } from './import-files.ts';

/** A file on disk that is nobody's yet. */
export interface ReceivedFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Room that is left to the shop itself. */
const RESERVE = 256_000_000;
/** Free space is looked at again after so many bytes. */
const LOOK_AGAIN = 64 << 20;

export interface Room {
  /** Bytes that all contents may take. */
  readonly quota: number;
  /** Bytes that the others take, those that are being sent included. */
  readonly taken: () => number;
  /** Told of each piece. */
  readonly onBytes: (bytes: number) => void;
}

/**
 * Writes what is sent to a file of its own, on disk when it resolves. When it throws, nothing of it is left.
 *
 * @param announced bytes that were said to come; null: nobody said it
 * @throws FootfallError `import.quota`, `import.cut`, `import.empty`, `store.disk_full`
 */
export async function receiveFile(
  files: ImportFiles,
  { name, body, announced }: { readonly name: string; readonly body: Readable; readonly announced: number | null },
  { quota, taken, onBytes }: Room,
): Promise<ReceivedFile> {
  const path = files.partial(randomUUID());
  const hash = createHash('sha256');
  let bytes = 0;
  const mustFit = (more: number): void => {
    if (taken() + more > quota) throw new FootfallError('import.quota', { name, quota });
  };
  const mustHaveSpace = async (more: number): Promise<void> => {
    const { bavail, bsize } = await statfs(files.folder);
    if (bavail * bsize < more + RESERVE) throw new FootfallError('store.disk_full', { path: files.folder });
  };
  mustFit(announced ?? 0);
  await mustHaveSpace(announced ?? 0);
  const file = await open(path, 'wx');
  try {
    let looked = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      onBytes(chunk.length);
      mustFit(0);
      if (bytes - looked > LOOK_AGAIN) {
        looked = bytes;
        await mustHaveSpace(0);
      }
      hash.update(chunk);
      await file.write(chunk);
    }
    if (announced !== null && bytes !== announced) throw new FootfallError('import.cut', { name, bytes });
    if (bytes === 0) throw new FootfallError('import.empty', { name });
    await file.sync();
  } catch (cause) {
    await file.close();
    rmSync(path, { force: true });
    if (cause instanceof FootfallError) throw cause;
    const failure = diskFailure(cause, files.folder);
    throw failure instanceof FootfallError ? failure : new FootfallError('import.cut', { name, bytes }, { cause });
  }
  await file.close();
  return { path, bytes, sha256: hash.digest('hex') };
}
