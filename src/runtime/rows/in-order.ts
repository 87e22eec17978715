import { didYouMean } from '../../core/did-you-mean.ts';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import type { Relation } from './relation.ts';

/** A column that rows are ordered by; nulls come last either way. */
export interface OrderColumn {
  readonly name: string;
  readonly descending: boolean;
}

/**
 * As asked, else by time; then by what tells rows apart, so that there is one order.
 * @param asked columns, a `-` in front for descending
 * @throws FootfallError `view.column_unknown`
 */
export function orderOf(
  { view, columns, order }: Relation,
  asked: readonly string[] | undefined,
): readonly OrderColumn[] {
  const known = columns.map(({ name }) => name);
  const wanted = (asked ?? []).map((each) => ({ name: each.replace(/^[-+]/, ''), descending: each.startsWith('-') }));
  for (const { name } of wanted)
    if (!known.includes(name))
      throw new FootfallError('view.column_unknown', {
        view: view.name,
        column: name,
        suggestion: didYouMean(name, known),
      });
  const taken = new Set(wanted.map(({ name }) => name));
  return [...wanted, ...order.filter((name) => !taken.has(name)).map((name) => ({ name, descending: false }))];
}

export const orderSql = (order: readonly OrderColumn[]): string =>
  order.length === 0
    ? ''
    : ` ORDER BY ${order.map(({ name, descending }) => `"${name}"${descending ? ' DESC' : ''} NULLS LAST`).join(', ')}`;
