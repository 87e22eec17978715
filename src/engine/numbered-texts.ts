import { INTEGER, VARCHAR } from '@duckdb/node-api';
import { appendColumns } from '../store/append.ts';
import type { Database } from '../store/database.ts';
import type { Session } from '../store/session.ts';
import { int32Column } from './columns.ts';

/** Tables of short numbers (`id`) for long texts, and the column of the texts. */
const TEXTS = { partition: 'partition_key', row_shape: 'shape' } as const;

/** Short numbers for texts that are few, however many rows have them: partitions, and ways in which refused rows are written. */
export class NumberedTexts {
  private readonly table: keyof typeof TEXTS;
  private readonly ids = new Map<string, number>();
  private readonly unsaved: string[] = [];

  private constructor(table: keyof typeof TEXTS) {
    this.table = table;
  }

  /** @example const partitions = await NumberedTexts.load(database, 'partition') */
  static async load(database: Session, table: keyof typeof TEXTS): Promise<NumberedTexts> {
    const texts = new NumberedTexts(table);
    for (const row of await database.rows(`SELECT * FROM ${table}`))
      texts.ids.set(String(row[TEXTS[table]]), Number(row['id']));
    return texts;
  }

  /** The text's number; a new text has the next one. */
  idOf(text: string): number {
    let id = this.ids.get(text);
    if (id === undefined) {
      id = this.ids.size + 1;
      this.ids.set(text, id);
      this.unsaved.push(text);
    }
    return id;
  }

  /** Inside the transaction that first uses them. */
  async save({ connection }: Database): Promise<void> {
    const ids = Int32Array.from(this.unsaved, (text) => this.idOf(text));
    await appendColumns(
      connection,
      this.table,
      [
        { type: INTEGER, column: int32Column(ids) },
        { type: VARCHAR, column: { kind: 'text', values: [...this.unsaved] } },
      ],
      ids.length,
    );
  }

  /** After that transaction is committed. */
  markSaved(): void {
    this.unsaved.length = 0;
  }
}
