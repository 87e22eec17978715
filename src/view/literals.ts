import type { Literal } from './expression.ts';
import type { ViewPlan } from './view.ts';

/** Every text that a view compares with, or makes: it must have a symbol before the view is compiled. */
export function literalsOf(view: ViewPlan): readonly string[] {
  const found: string[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { kind } = value as { kind?: string };
    if (kind === 'literal') add((value as { value: Literal }).value);
    if (kind === 'among') for (const each of (value as { values: Literal[] }).values) add(each);
    if (kind === 'rename')
      for (const pair of Object.entries((value as { names: Record<string, string> }).names)) found.push(...pair);
    Object.values(value).forEach(visit);
  };
  const add = (value: Literal) => {
    if (typeof value === 'string') found.push(value);
  };
  visit(view.kind);
  visit(view.where);
  visit(view.columns);
  return found;
}
