import { INTEGER, VARCHAR } from '@duckdb/node-api';
import type { RowShape } from '../core/row-shape.ts';
import { appendColumns } from '../store/append.ts';
import type { Database } from '../store/database.ts';
import type { Session } from '../store/session.ts';
import { int32Column } from './columns.ts';

/** Short numbers for the ways in which refused rows are written: few, however many rows there are. */
export class RowShapes {
  private readonly ids = new Map<string, number>();
  private readonly unsaved: string[] = [];

  static async load(database: Session): Promise<RowShapes> {
    const shapes = new RowShapes();
    for (const { id, shape } of await database.rows('SELECT * FROM row_shape ORDER BY id'))
      shapes.ids.set(String(shape), Number(id));
    return shapes;
  }

  idOf(shape: RowShape): number {
    const text = JSON.stringify(shape);
    let id = this.ids.get(text);
    if (id === undefined) {
      id = this.ids.size + 1;
      this.ids.set(text, id);
      this.unsaved.push(text);
    }
    return id;
  }

  /** Inside the transaction that first uses them. */
  async save(database: Database): Promise<void> {
    const ids = Int32Array.from(this.unsaved, (text) => this.ids.get(text) ?? 0);
    await appendColumns(
      database.connection,
      'row_shape',
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
