import { INTEGER, VARCHAR } from '@duckdb/node-api';
import { appendColumns } from '../store/append.ts';
import type { Database } from '../store/database.ts';
import { int32Column } from './columns.ts';

/** Short numbers for the partitions that events come from. */
export class Partitions {
  private readonly ids = new Map<string, number>();
  private readonly unsaved: string[] = [];

  static async load(database: Database): Promise<Partitions> {
    const partitions = new Partitions();
    for (const row of await database.rows('SELECT * FROM partition')) {
      partitions.ids.set(String(row['partition_key']), Number(row['id']));
    }
    return partitions;
  }

  idOf(key: string): number {
    let id = this.ids.get(key);
    if (id === undefined) {
      id = this.ids.size + 1;
      this.ids.set(key, id);
      this.unsaved.push(key);
    }
    return id;
  }

  keyOf(id: number): string {
    for (const [key, each] of this.ids) if (each === id) return key;
    throw new Error(`no partition ${id}`);
  }

  /** Inside the transaction that first uses them. */
  async save(database: Database): Promise<void> {
    const ids = Int32Array.from(this.unsaved, (key) => this.idOf(key));
    await appendColumns(
      database.connection,
      'partition',
      [
        { type: INTEGER, column: int32Column(ids) },
        { type: VARCHAR, column: { kind: 'text', values: [...this.unsaved] } },
      ],
      ids.length,
    );
  }

  markSaved(): void {
    this.unsaved.length = 0;
  }
}
