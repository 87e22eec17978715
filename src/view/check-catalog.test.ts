import { expect, test } from 'vitest';
import { catalog } from '../../shop/views/catalog.ts';
import { hours } from '../core/time.ts';
import { checkCatalog } from './check-catalog.ts';
import { key, measure, rollup, window, windowEnd, windowStart, words } from './columns.ts';
import { type Expression, elapsed, parent } from './expression.ts';
import { tumbling } from './kind.ts';
import { avg, count, distinct, type Measure, sum } from './measure.ts';
import { type ViewDeclaration, type ViewPlan, view } from './view.ts';

const said = words('Label', 'Description');

const child = (columns: ViewDeclaration['columns'], of = 'user_session_analytics', on = 'session_start'): ViewPlan =>
  view({
    name: 'own_rollup',
    kit: 'shop',
    ...said,
    kind: rollup({ parent: of, windowing: tumbling(hours(1)), on }),
    columns: { window_start: windowStart(), window_end: windowEnd(), sessions: measure(count(), said), ...columns },
  });
const reading = (of: Measure): ViewPlan => child({ total: measure(of, said) });
const check = (...own: ViewPlan[]) => checkCatalog([...catalog, ...own], 'footfall.config.ts (views)');

test('the catalog passes, and so does a rollup of its exact columns', () => {
  check(
    child({
      visitors: measure(distinct(parent('user_id')), said),
      revenue: measure(sum(parent('total_purchase_value')), said),
      length: measure(avg(elapsed(parent('session_start'), parent('session_end'))), said),
      bought: key(parent('has_purchase'), said),
    }),
  );
});

test('a name is there once, whatever the kit', () => {
  const twice = view({
    name: 'brand_activity',
    kit: 'shop',
    ...said,
    kind: window(tumbling(hours(1))),
    columns: { window_start: windowStart(), window_end: windowEnd(), events: measure(count(), said) },
  });
  expect(() => check(twice)).toThrow(
    /^footfall\.config\.ts \(views\): view brand_activity: there is another view with this name$/,
  );
});

test.each<[ViewPlan, string]>([
  [
    child({}, 'user_session_analytic'),
    'it is made from user_session_analytic, and no such view comes before it (did you mean "user_session_analytics"?)',
  ],
  [child({}, 'brand_activity'), 'it is made from brand_activity, which is no session view'],
  [
    child({}, 'user_session_analytics', 'session_end'),
    'its windows are on session_end, which is not the start of a session of user_session_analytics',
  ],
  [
    child({}, 'user_session_analytics', 'nothing'),
    'its windows are on nothing, which is not the start of a session of user_session_analytics',
  ],
  [
    reading(sum(parent('total_event'))),
    'column total: user_session_analytics has no column total_event (did you mean "total_events"?)',
  ],
  [
    reading(sum(parent('conversion_rate'))),
    'column total: a rollup reads exact values, and conversion_rate is an average or rate: read what it is made from',
  ],
  [
    reading(distinct(parent('brands_viewed'))),
    'column total: a rollup reads exact values, and brands_viewed is a list: read what it is made from',
  ],
  [
    reading(avg(parent('session_duration_minutes'))),
    'column total: a rollup reads exact values, and session_duration_minutes is made when it is read: read what it is made from',
  ],
  [reading(sum(parent('has_view'))), 'column total: sum is made of money or whole numbers, not of a condition'],
])('%#: a rollup that cannot be made is refused', (own, reason) => {
  expect(() => check(own)).toThrow(`footfall.config.ts (views): view own_rollup: ${reason}`);
});

test('the status of a session is no exact value', () => {
  const status = (of: Expression) => child({ status: key(of, said) }, 'inactivity_sessions');
  expect(() => check(status(parent('status')))).toThrow(
    'column status: a rollup reads exact values, and status is made when it is read',
  );
});

test('a parent comes before its rollups', () => {
  const funnel = catalog.find(({ name }) => name === 'conversion_funnel') as ViewPlan;
  expect(() => checkCatalog([funnel])).toThrow(/no such view comes before it$/);
});
