import { PROVENANCE } from '../../compile/present.ts';
import type { Session } from '../../store/session.ts';
import type { ViewPlan } from '../../view/view.ts';
import { checkColumn } from '../find-view.ts';

/** A column of an answer, with DuckDB's name of its type. */
export interface TypedColumn {
  readonly name: string;
  readonly type: string;
}

/** All columns that the rows of a view have. */
export const columnNames = (view: ViewPlan): readonly string[] => [
  ...view.columns.map(({ name }) => name),
  ...PROVENANCE,
];

/** The columns asked for; all where none are. @throws FootfallError `view.column_unknown` */
export function chosenColumns(view: ViewPlan, asked: readonly string[] | undefined): readonly string[] {
  const known = columnNames(view);
  for (const column of asked ?? []) checkColumn(view, column, known);
  return asked ?? known;
}

/** The column that places a row in time: where its window or session starts, or when the event happened. */
export function timeColumn(view: ViewPlan): string | undefined {
  const found = view.columns.find(
    ({ value }) =>
      (value.role === 'window' && value.edge === 'start') ||
      (value.role === 'session' && value.part === 'start') ||
      (value.role === 'field' && value.of.kind === 'column' && value.of.name === 'event_time'),
  );
  return found?.name;
}

/** The columns of a relation with their types. Nothing is computed. */
export async function typesOf(database: Session, relation: string): Promise<readonly TypedColumn[]> {
  const { columns, blocks } = await database.stream(`SELECT * FROM ${relation} LIMIT 0`);
  for await (const _ of blocks);
  return columns;
}
