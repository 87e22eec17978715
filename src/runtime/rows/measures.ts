import { type Combined, combined, summedLengths, type Uncombined, whyUncombined } from '../../compile/regroup.ts';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import type { ShopSnapshot } from '../../engine/shop.ts';
import type { Measure } from '../../view/measure.ts';
import type { ColumnPlan, ViewPlan } from '../../view/view.ts';
import { checkColumn } from '../find-view.ts';
import type { TypedColumn } from './view-columns.ts';

/** How many rows of the view are in a group. */
export const ROWS = 'rows';
/** Whether all rows of a group are final. */
const FINAL = 'is_final';

const ROW_COUNT: Combined = { name: ROWS, aggregates: { 'n.rows': 'count(*)' }, value: '"n.rows"', nothing: '0' };
const WHOLE = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|DECIMAL)/;

const REASONS: Readonly<Record<Uncombined, readonly [reason: string, instead: string]>> = {
  distinct: [
    'whoever is in two rows would be counted twice',
    'footfall trend (POST /v1/trend) counts sessions and people of any period exactly; min: and max: of it are the least and most of a row',
  ],
  quantile: [
    'the middle of several middles is not the middle of all',
    'ask for min: or max: of it, or for the rows themselves',
  ],
  order: ['it is of the first, the last or each event of one row', 'ask for the rows themselves'],
};

interface Scope {
  readonly view: ViewPlan;
  /** With their types: of published columns. */
  readonly columns: readonly TypedColumn[];
  readonly context: ShopSnapshot['context'];
  /** Columns that are grouped by. */
  readonly keys: readonly string[];
}

/**
 * What is asked for of each group: a column by its own name is counted as the view would have counted the group.
 *
 * @param asked all that can be, where nothing is asked for
 * @throws FootfallError `view.column_unknown`, `query.measure` for what cannot be made from rows,
 *   `query.group` for what would have the name of a key
 */
export function measuresOf(asked: readonly string[] | undefined, scope: Scope): readonly Combined[] {
  const { view, keys } = scope;
  const every = (): readonly string[] =>
    [
      ROWS,
      ...view.columns.flatMap(({ name, value }) =>
        value.role === 'measure' && whyUncombined(value.measure) === null ? [name] : [],
      ),
    ].filter((name) => !keys.includes(name));
  const measures = [...new Set(asked ?? every())].map((each) => measureOf(each, scope));
  for (const name of [...measures.map((each) => each.name), FINAL])
    if (keys.includes(name))
      throw new FootfallError('query.group', {
        view: view.name,
        group: name,
        reason: name === FINAL ? 'it says whether all of a group is final' : 'it is asked for as a measure, too',
      });
  return measures;
}

function measureOf(text: string, { view, columns, context }: Scope): Combined {
  if (text === ROWS && !columns.some(({ name }) => name === ROWS)) return ROW_COUNT;
  const [, how, name = ''] = /^(?:(sum|min|max):)?(.*)$/s.exec(text) ?? [];
  checkColumn(
    view,
    name,
    columns.map((each) => each.name),
  );
  const type = columns.find((each) => each.name === name)?.type ?? '';
  const column = view.columns.find((each) => each.name === name);
  const refuse = (reason: string, instead: string): never => {
    throw new FootfallError('query.measure', { view: view.name, measure: text, reason, instead });
  };
  const measure = column?.value.role === 'measure' ? column.value.measure : undefined;
  if (how === undefined) {
    if (measure === undefined)
      return refuse(`${name} is no measure`, `say what becomes of it: sum:${name}, min:${name} or max:${name}`);
    const why = whyUncombined(measure);
    if (why !== null) return refuse(...REASONS[why]);
    return { name, ...combined(view, name, measure, context) };
  }
  const named = `${how}_${name}`;
  if (how !== 'sum') {
    if (type.endsWith('[]') || type === 'BOOLEAN')
      return refuse(`${name} has no least and no most`, `ask for ${name} by itself`);
    return { name: named, aggregates: { [`m.${named}`]: `${how}("${name}")` }, value: `"m.${named}"`, nothing: 'NULL' };
  }
  if (measure !== undefined) {
    const why = whyUncombined(measure);
    if (why !== null) return refuse(...REASONS[why]);
    if (!isSum(measure))
      return refuse(`${name} is no sum of anything`, `ask for ${name} without sum: it is computed anew for each group`);
    return { name: named, ...combined(view, name, measure, context) };
  }
  return { name: named, ...sumOf(column, name, type, context, refuse) };
}

const isSum = (measure: Measure): boolean =>
  measure.kind === 'plus' ? isSum(measure.left) && isSum(measure.right) : ['count', 'sum'].includes(measure.kind);

function sumOf(
  column: ColumnPlan | undefined,
  name: string,
  type: string,
  context: Scope['context'],
  refuse: (reason: string, instead: string) => never,
): Omit<Combined, 'name'> {
  if (column?.value.role === 'elapsed' && !column.value.whole) return summedLengths(column, context);
  if (!WHOLE.test(type)) return refuse(`${name} is no amount`, 'min: and max: of it can be had');
  const sum = `coalesce(sum("${name}"), 0)${type.startsWith('DECIMAL') ? '' : '::BIGINT'}`;
  return { aggregates: { [`m.${name}`]: sum }, value: `"m.${name}"`, nothing: '0' };
}
