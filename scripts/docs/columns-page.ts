import { catalog } from '../../shop/views/catalog.ts';
import type { CompileContext } from '../../src/compile/context.ts';
import type { ValueType } from '../../src/compile/dialect/dialect.ts';
import { duckdb } from '../../src/compile/dialect/duckdb/duckdb.ts';
import { published } from '../../src/compile/present.ts';
import type { ViewPlan } from '../../src/view/view.ts';

const TYPES: Readonly<Record<ValueType, string>> = {
  symbol: 'text',
  id: 'text',
  text: 'text',
  symbols: 'text[]',
  'symbol[]': 'text[]',
  'money[]': 'decimal(18,4)[]',
  'integer[]': 'bigint[]',
  'time[]': 'timestamp[]',
  money: 'decimal(18,4)',
  integer: 'bigint',
  wide: 'hugeint',
  double: 'double',
  time: 'timestamp',
  boolean: 'boolean',
  pieces: 'json',
  texts: 'text[]',
  'wide money': 'decimal(38,4)',
};

const context: CompileContext = {
  dialect: duckdb,
  zone: 'UTC',
  widths: { user_id: 'BIGINT', anonymous_id: 'BIGINT', session_id: 'UUID' },
  symbol: () => 0,
  orphans: true,
  views: new Map(catalog.map((view) => [view.name, view])),
};

function section(view: ViewPlan): string {
  const rows = view.columns.map((column) => {
    const unit = column.unit === undefined ? '' : ` (${column.unit})`;
    return `| \`${column.name}\` | ${TYPES[published(column, view, context).type]} | ${column.description}${unit} |`;
  });
  return [
    `## ${view.name}`,
    '',
    `Kit \`${view.kit}\`. ${view.description}`,
    '',
    '| column | type | meaning |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

/** Every table and column, from the views themselves. */
export const columnsPage = (): string =>
  [
    '# Tables and columns',
    '',
    '<!-- Made from shop/views by `npm run docs`. -->',
    '',
    'Every table also has `is_final`, `revision`, `late_events` and `epoch`: how its rows came to be. Times are UTC, money is',
    'exact to four decimals. What the numbers mean is in [semantics.md](semantics.md).',
    '',
    ...catalog.map(section),
  ].join('\n');
