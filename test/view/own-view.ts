import { hours } from '../../src/core/time.ts';
import { viewProblems } from '../../src/view/check.ts';
import { measure, window, windowEnd, windowStart, words } from '../../src/view/columns.ts';
import { tumbling } from '../../src/view/kind.ts';
import { count } from '../../src/view/measure.ts';
import type { ViewDeclaration, ViewPlan } from '../../src/view/view.ts';

export type Columns = ViewDeclaration['columns'];
export const said = words('Label', 'Description');
export const hourly = window(tumbling(hours(1)));
/** What every view of windows has, and a measure. */
export const base: Columns = { window_start: windowStart(), window_end: windowEnd(), events: measure(count(), said) };

/** What is wrong with a view, which is an hourly one of the shop where nothing else is said. Nothing is declared. */
export function problems(declaration: Partial<ViewDeclaration>, parent?: ViewPlan): readonly string[] {
  const { columns = {}, ...rest } = declaration;
  const plan = { name: 'own_view', kit: 'shop', ...said, kind: hourly, fingerprint: '', ...rest } as const;
  return viewProblems({ ...plan, columns: Object.entries(columns).map(([name, each]) => ({ name, ...each })) }, parent);
}

/** What is wrong with a column `total` beside those that an hourly view has. */
export const withColumn = (column: Columns[string], kind: ViewDeclaration['kind'] = hourly): readonly string[] =>
  problems({ kind, columns: { ...base, total: column } });
