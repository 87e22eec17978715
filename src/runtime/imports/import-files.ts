import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import type { EpochMicros } from '../../core/time.ts';
import { syncFolder, writeDurably } from '../../journal/write-durably.ts';
import type { FileFormat } from '../../source/file/open-partition.ts';

/** A file that was sent to be imported, as it is noted once all of it is on disk. */
export interface ImportNote {
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly received: EpochMicros;
  /** Name of its content as a partition: the same content is taken in once. */
  readonly partition: string;
  readonly format: FileFormat;
  readonly packing: string;
  readonly vocabulary: string;
  readonly columns: readonly string[];
  /** Event field → column, as it was asked for. */
  readonly map: Readonly<Record<string, string>>;
  /** Event field → column, as it is read. */
  readonly fields: Readonly<Record<string, string>>;
  /** The watermark when it was first read: what was sealed then is, whichever database reads it again. */
  readonly began?: { readonly watermark: EpochMicros | null };
  /** What it came to, once all of it is stored. */
  readonly outcome?: ImportOutcome;
}

export interface ImportOutcome {
  readonly finished: EpochMicros;
  readonly events: number;
  readonly rejected: number;
}

const NAME = /^[A-Za-z0-9][\w.-]{0,99}$/;
const PARTIAL = '.upload-';

/** Files in `imports/` of a data folder: a note for each import, and its content until that is in the lake. */
export class ImportFiles {
  readonly folder: string;

  constructor(dataFolder: string) {
    this.folder = join(dataFolder, 'imports');
  }

  /** Makes the folder, and removes what came of requests that were cut off. */
  settle(): void {
    if (mkdirSync(this.folder, { recursive: true }) !== undefined) syncFolder(join(this.folder, '..'));
    this.sweep();
  }

  /** Removes what came of requests that were cut off. Nobody may be sending anything. */
  sweep(): void {
    if (!existsSync(this.folder)) return;
    const files = readdirSync(this.folder);
    const noted = new Set(files.filter((file) => file.endsWith('.json')).map((file) => `${file.slice(0, -5)}.data`));
    for (const file of files)
      if (file.startsWith(PARTIAL) || file.endsWith('.part') || (file.endsWith('.data') && !noted.has(file)))
        rmSync(join(this.folder, file), { force: true });
  }

  /** @throws FootfallError `import.name` */
  check(name: string): void {
    if (!NAME.test(name)) throw new FootfallError('import.name', { name });
  }

  /** In the order in which they came. */
  list(): readonly ImportNote[] {
    if (!existsSync(this.folder)) return [];
    return readdirSync(this.folder)
      .filter((file) => file.endsWith('.json'))
      .map((file) => JSON.parse(readFileSync(join(this.folder, file), 'utf8')) as ImportNote)
      .sort((one, other) => one.received - other.received || (one.name < other.name ? -1 : 1));
  }

  find(name: string): ImportNote | undefined {
    return this.list().find((each) => each.name === name);
  }

  /** On disk when it returns. */
  note(note: ImportNote): void {
    writeDurably(join(this.folder, `${note.name}.json`), Buffer.from(`${JSON.stringify(note, null, 2)}\n`));
  }

  contentOf(name: string): string {
    return join(this.folder, `${name}.data`);
  }

  /** A file for what is being sent. */
  partial(id: string): string {
    return join(this.folder, `${PARTIAL}${id}`);
  }

  hasContent(name: string): boolean {
    return existsSync(this.contentOf(name));
  }

  /** Forgets the content: its events are elsewhere. */
  dropContent(name: string): void {
    rmSync(this.contentOf(name), { force: true });
  }

  /** Bytes of all contents. */
  get held(): number {
    return this.list().reduce(
      (sum, { name }) => sum + (statSync(this.contentOf(name), { throwIfNoEntry: false })?.size ?? 0),
      0,
    );
  }
}
