import { expect, test } from 'vitest';
import { catalog } from '../../shop/views/catalog.ts';
import { FootfallError } from '../core/errors/footfall-error.ts';
import { days, hours, minutes, seconds } from '../core/time.ts';
import { viewProblems } from './check.ts';
import {
  arrival,
  duration,
  field,
  key,
  measure,
  project,
  rollup,
  session,
  sessionPart,
  window,
  windowEnd,
  windowStart,
  words,
} from './columns.ts';
import * as e from './expression.ts';
import { calendar, sliding, tumbling, type Windowing } from './kind.ts';
import * as m from './measure.ts';
import { type ColumnPlan, type ViewDeclaration, type ViewPlan, view } from './view.ts';

type Columns = ViewDeclaration['columns'];
const said = words('Label', 'Description');

/** Declares nothing: only the problems are wanted. */
function problems(declaration: Partial<ViewDeclaration>, parent?: ViewPlan): readonly string[] {
  const { columns = {}, ...rest } = declaration;
  const plan = { name: 'own_view', kit: 'shop', ...said, kind: hourly, fingerprint: '', ...rest } as const;
  return viewProblems({ ...plan, columns: Object.entries(columns).map(([name, each]) => ({ name, ...each })) }, parent);
}

const hourly = window(tumbling(hours(1)));
const base: Columns = { window_start: windowStart(), window_end: windowEnd(), events: measure(m.count(), said) };
const withColumn = (column: Columns[string], kind: ViewDeclaration['kind'] = hourly) =>
  problems({ kind, columns: { ...base, total: column } });
const withMeasure = (of: m.Measure) => withColumn(measure(of, said));
const withKey = (of: e.Expression) => withColumn(key(of, said));
const withWhere = (where: e.Expression) => problems({ where, columns: base });

test('a mistake is told with its file and line, the view, the column, and what may be meant', () => {
  const declare = () =>
    view({
      name: 'own_view',
      kit: 'shop',
      ...said,
      kind: hourly,
      columns: {
        ...base,
        value: measure(m.sum(e.parent('prise')), said),
        other: measure(m.sum(e.event('brand')), said),
      },
    });
  expect(declare).toThrow(FootfallError);
  expect(declare).toThrow(
    /src\/view\/check\.test\.ts:\d+: view own_view: column value: there is no event column prise \(did you mean "price"\?\); column other: sum is made of money or whole numbers, not of text$/,
  );
});

test('what is right passes, in every kind', () => {
  for (const each of catalog) expect(viewProblems(each)).toEqual([]);
  const columns = {
    ...base,
    hour: key(e.hourOf(e.event('event_time')), said),
    first_brand: measure(m.first(e.event('brand')), said),
    last_time: measure(m.max(e.event('event_time')), said),
    spread: measure(m.stddev(e.event('quantity')), said),
    typical: measure(m.median(e.event('price')), said),
    share: measure(m.ratio(m.sum(e.event('amount')), m.count(), 'events'), said),
    pairs: measure(m.plus(m.count(), m.distinct(e.event('order_id'))), said),
  };
  const where = e.all(
    e.above(e.event('price'), 3),
    e.equals(e.event('user_id'), 'u1'),
    e.equals(e.event('brand'), 'x'),
    e.above(e.event('event_time'), '2020-01-31T00:00:00Z'),
    e.above(e.elapsed(e.event('event_time'), e.event('event_time')), 0),
    { kind: 'compare', op: '=', left: e.event('user_id'), right: e.event('order_id') },
    { kind: 'compare', op: '<', left: e.event('price'), right: e.event('quantity') },
    { kind: 'compare', op: '>=', left: e.monthOf(e.event('event_time')), right: e.literal('2020-01') },
    e.any(e.missing(e.event('channel')), e.literal(true)),
  );
  expect(problems({ where, columns })).toEqual([]);
  expect(problems({ kind: window(sliding(hours(24), minutes(5))), columns })).toEqual([]);
  expect(problems({ kind: window(calendar('week')), columns })).toEqual([]);
  expect(withColumn(field(e.event('coupon'), said), project())).not.toEqual([]);
  expect(
    problems({
      kind: project(),
      columns: { code: field(e.event('coupon'), said), name: field(e.user('name'), said), at: arrival(said) },
    }),
  ).toEqual([]);
});

test.each<[string, () => readonly string[], string]>([
  [
    'unknown input of a measure',
    () => withMeasure(m.avg(e.event('prise' as 'price'))),
    'there is no event column prise (did you mean "price"?)',
  ],
  ['unknown input of a key', () => withKey(e.parent('zzzzzz')), 'there is no event column zzzzzz'],
  [
    'wide input',
    () => withKey(e.event('coupon')),
    'coupon is kept apart from what views count: it can only be a field of a projection, by itself',
  ],
  [
    'dimension in a key',
    () => withKey(e.product('name')),
    "product('name') can only be a field of a projection, by itself",
  ],
  ['sum of text', () => withMeasure(m.sum(e.event('brand'))), 'sum is made of money or whole numbers, not of text'],
  [
    'sum of free text',
    () => withMeasure(m.sum(e.event('order_id'))),
    'sum is made of money or whole numbers, not of free text',
  ],
  ['avg of ids', () => withMeasure(m.avg(e.event('user_id'))), 'avg is made of money or whole numbers, not of an id'],
  [
    'avg of a condition',
    () => withMeasure(m.avg(e.type('view'))),
    'avg is made of money or whole numbers, not of a condition',
  ],
  ['avg by 0', () => withMeasure(m.avg(e.event('price'), { unit: 0 })), 'an average cannot be divided by a unit of 0'],
  [
    'avg by infinity',
    () => withMeasure(m.avg(e.event('price'), { unit: Number.POSITIVE_INFINITY })),
    'an average cannot be divided by a unit of Infinity',
  ],
  [
    'stddev of times',
    () => withMeasure(m.stddev(e.event('event_time'))),
    'stddev is made of money or whole numbers, not of a time',
  ],
  [
    'min of text',
    () => withMeasure(m.min(e.event('country'))),
    'min is made of money, whole numbers or times, not of text',
  ],
  [
    'max of ids',
    () => withMeasure(m.max(e.event('visitor'))),
    'max is made of money, whole numbers or times, not of an id',
  ],
  [
    'median of text',
    () => withMeasure(m.median(e.event('brand'))),
    'quantile is made of money, whole numbers or times, not of text',
  ],
  [
    'sequence in a window',
    () => withMeasure(m.sequence(e.event('brand'))),
    'a sequence keeps every event: only a session view has one',
  ],
  [
    'sequence of ids',
    () => withMeasure(m.sequence(e.event('user_id'))),
    'sequence is made of texts of few distinct values, money, whole numbers or times, not of an id',
  ],
  ['quantile 0', () => withMeasure(m.quantile(e.event('price'), 0)), 'quantile 0 is not within 0 to 1'],
  ['quantile 95', () => withMeasure(m.quantile(e.event('price'), 95)), 'quantile 95 is not within 0 to 1'],
  [
    'list of ids',
    () => withMeasure(m.list(e.event('user_id'))),
    'list is made of texts of few distinct values, such as categories, not of an id',
  ],
  [
    'list of free text',
    () => withMeasure(m.list(e.event('order_id'))),
    'list is made of texts of few distinct values, such as categories, not of free text',
  ],
  [
    'distinct number literal',
    () => withMeasure(m.distinct(e.literal(1))),
    'distinct is made of anything but averages, rates and lists, not of an average or rate',
  ],
  ['literal', () => withMeasure(m.distinct(e.literal('x'))), 'distinct of a literal is the same for every row'],
  [
    'first literal',
    () => withMeasure(m.first(e.literal(1))),
    'first is made of anything but averages, rates and lists, not of an average or rate',
  ],
  [
    'last literal',
    () => withMeasure(m.last(e.literal(1))),
    'last is made of anything but averages, rates and lists, not of an average or rate',
  ],
  ['has without condition', () => withMeasure(m.has(e.event('price'))), 'a condition is needed, not money'],
  [
    'filter without condition',
    () => withMeasure(m.count({ where: e.event('quantity') })),
    'a condition is needed, not a whole number',
  ],
  [
    'ratio without per',
    () => withMeasure(m.ratio(m.count(), m.count(), ' ')),
    'a ratio says what it is a rate of: per is empty',
  ],
  [
    'ratio of a list',
    () => withMeasure(m.ratio(m.list(e.event('brand')), m.count(), 'events')),
    'the numerator is a list, not a number',
  ],
  [
    'ratio by a condition',
    () => withMeasure(m.ratio(m.count(), m.has(e.type('view')), 'events')),
    'the denominator is a condition, not a number',
  ],
  [
    'plus of a time',
    () => withMeasure(m.plus(m.min(e.event('event_time')), m.count())),
    'the left side of plus is a time, not a number',
  ],
  [
    'plus with a list',
    () => withMeasure(m.plus(m.count(), m.list(e.event('brand')))),
    'the right side of plus is a list, not a number',
  ],
  [
    'plus of unlike',
    () => withMeasure(m.plus(m.sum(e.event('price')), m.count())),
    'money and a whole number cannot be added',
  ],
  ['literal key', () => withKey(e.literal('x')), 'a key that is a literal is the same for every row'],
  ['number key', () => withKey(e.literal(1)), 'an average or rate cannot be a key'],
])('%s is refused', (_, found, expected) => {
  expect(found()).toContain(`column total: ${expected}`);
});

const compare = (left: e.Expression, op: '=' | '<' | '<>' | '>=', right: e.Expression): e.Expression => ({
  kind: 'compare',
  op,
  left,
  right,
});
const band = (of: e.Expression, ...bounds: [number, string][]): e.Expression => ({
  kind: 'band',
  of,
  bounds,
  above: 'z',
  missing: '?',
});

test.each<[string, e.Expression, string]>([
  ['< on a symbol', compare(e.event('brand'), '<', e.literal('m')), '< needs values with an order, not names'],
  ['>= on an id', compare(e.event('user_id'), '>=', e.literal('5')), '>= needs values with an order, not an id'],
  ['symbol = number', e.equals(e.event('product_id'), 5), '5 cannot be compared with text'],
  ['id = number', e.equals(e.event('visitor'), 5), '5 cannot be compared with an id'],
  ['money = text', e.equals(e.event('price'), '5'), '"5" cannot be compared with money'],
  ['money = NaN', e.equals(e.event('price'), Number.NaN), 'null cannot be compared with money'],
  ['time = word', e.equals(e.event('event_time'), 'yesterday'), '"yesterday" cannot be compared with a time'],
  ['time = no day', e.equals(e.event('event_time'), '2020-13-01'), '"2020-13-01" cannot be compared with a time'],
  ['time = number', e.equals(e.event('event_time'), 5), '5 cannot be compared with a time'],
  ['condition = text', e.equals(e.missing(e.event('brand')), 'yes'), '"yes" cannot be compared with a condition'],
  ['text = money', compare(e.event('order_id'), '=', e.event('price')), 'free text cannot be compared with money'],
  ['symbol = free text', compare(e.event('brand'), '=', e.event('order_id')), 'text cannot be compared with free text'],
  ['literal first', compare(e.literal(1), '=', e.event('price')), 'a comparison has its literal on the right'],
  ['among nothing', e.among(e.event('brand')), 'among() needs at least one value'],
  ['among numbers', e.among(e.event('brand'), 'a', 1), '1 cannot be compared with text'],
  ['all of nothing', e.all(), 'all() needs at least one condition'],
  ['any of nothing', e.any(), 'any() needs at least one condition'],
  ['any of text', e.any(e.event('brand')), 'a condition is needed, not text'],
  ['not a number', e.not(e.event('price')), 'a condition is needed, not money'],
  ['missing of nothing', e.missing(e.parent('brant')), 'there is no event column brant (did you mean "brand"?)'],
  ['hour of money', e.equals(e.hourOf(e.event('price')), 1), 'the hour cannot be made of money'],
  ['band on text', e.equals(band(e.event('brand'), [1, 'a']), 'a'), 'a band cannot be made of text'],
  ['band without bounds', e.equals(band(e.event('price')), 'a'), 'a band needs at least one bound'],
  [
    'band that falls',
    e.equals(band(e.event('price'), [2, 'a'], [2, 'b']), 'a'),
    'the bounds of a band rise from one to the next',
  ],
  [
    'band to infinity',
    e.equals(band(e.event('price'), [Number.POSITIVE_INFINITY, 'a']), 'a'),
    'the bounds of a band rise from one to the next',
  ],
  ['rename to nothing', e.equals(e.rename(e.event('brand'), {}), 'a'), 'rename() needs at least one name'],
  ['rename of ids', e.equals(e.rename(e.event('user_id'), { a: 'b' }), 'a'), 'a renamed value cannot be made of an id'],
  [
    'length from text',
    e.above(e.elapsed(e.event('brand'), e.event('event_time')), 1),
    'a length of time cannot be made of text',
  ],
  [
    'length to money',
    e.above(e.elapsed(e.event('event_time'), e.event('price')), 1),
    'a length of time cannot be made of money',
  ],
  ['literal condition', e.literal('x'), 'a condition is needed, not free text'],
  ['endless literal', e.all(e.literal(Number.POSITIVE_INFINITY)), 'Infinity is no number'],
])('where: %s is refused', (_, where, expected) => {
  expect(withWhere(where)).toContain(`where: ${expected}`);
});

test.each<[string, Windowing, string]>([
  ['size 0', tumbling(0), 'the size of the windows is not above 0'],
  ['size below 0', sliding(-1, 1), 'the size of the windows is not above 0'],
  ['half a microsecond', tumbling(1_000_000.5), 'the size of the windows is not a whole number of microseconds'],
  ['step 0', sliding(minutes(1), 0), 'the step of the windows is not above 0'],
  ['broken step', sliding(minutes(1), 0.1), 'the step of the windows is not a whole number of microseconds'],
  [
    'no multiple',
    sliding(minutes(10), minutes(3)),
    'the size of the windows, 600000000 us, is no multiple of their step, 180000000 us',
  ],
  ['below a second', tumbling(999_999), 'windows begin at least a second apart'],
  ['too many panes', sliding(minutes(289), minutes(1)), 'an event would fall in 289 windows: at most 288 are possible'],
])('windows: %s is refused', (_, windowing, expected) => {
  expect(problems({ kind: window(windowing), columns: base })).toEqual([expected]);
});

test('the widest windows that are possible pass', () => {
  expect(problems({ kind: window(sliding(minutes(288), minutes(1))), columns: base })).toEqual([]);
  expect(problems({ kind: window(tumbling(seconds(1))), columns: base })).toEqual([]);
  expect(problems({ kind: window(tumbling(days(400))), columns: base })).toEqual([]);
});

test.each<[string, boolean]>([
  ['Total', true],
  ['total-value', true],
  ['1st', true],
  ['', true],
  ['a'.repeat(64), true],
  ['a'.repeat(63), false],
  ['total_2', false],
])('name %j refused: %s', (name, refused) => {
  const text = 'a name has small letters, digits and _, begins with a letter and is at most 63 long';
  expect(problems({ name, columns: base })).toEqual(refused ? [text] : []);
  expect(problems({ columns: { ...base, [name]: measure(m.count(), said) } })).toEqual(
    refused ? [`column ${name}: ${text}`] : [],
  );
});

test.each(['is_final', 'revision', 'late_events', 'epoch', 'op', 'until_epoch', 'cause'])(
  'no column is called %s',
  (name) => {
    const columns = { ...base, [name]: measure(m.count(), said) };
    expect(problems({ columns })).toEqual([`column ${name}: the name is reserved for where a row comes from`]);
  },
);

test('a key is not called like what is stored beside it', () => {
  for (const name of ['w', 'row', 'i0', 'i12', 'session_start', 'visitor', 'count', 'sum_amount', 'first_brand'])
    expect(problems({ columns: { ...base, [name]: key(e.event('brand'), said) } })).toEqual([
      `column ${name}: the name is reserved in a key`,
    ]);
  for (const name of ['brand', 'sum_of_it', 'counted', 'i', 'id1', 'category'])
    expect(problems({ columns: { ...base, [name]: key(e.event('brand'), said) } })).toEqual([]);
  expect(problems({ columns: { ...base, count: measure(m.count(), said) } })).toEqual([]);
});

test.each(['raw', 'epoch', 'order', 'result', 'session_chain'])('no view is called %s', (name) => {
  expect(problems({ name, columns: base })).toEqual(['the name is reserved']);
});

test.each(['live_sales', 'visible_sales', 'sales_history', 'sales_open'])('no view is called %s', (name) => {
  expect(problems({ name, columns: base })).toEqual([
    'names that begin with live_ or visible_, or end in _history or _open, are reserved',
  ]);
  expect(problems({ name: `a_${name}_b`, columns: base })).toEqual([]);
});

test('everything is said in words', () => {
  expect(problems({ label: ' ', columns: base })).toEqual(['a view has a label and a description']);
  expect(problems({ description: '', columns: base })).toEqual(['a view has a label and a description']);
  for (const wording of [words('', 'x'), words('x', ' ')])
    expect(withColumn(measure(m.count(), wording))).toEqual(['column total: a column has a label and a description']);
  expect(withColumn(measure(m.count(), words('x', 'x', '')))).toEqual([
    'column total: the unit is empty: leave it out',
  ]);
});

test('a name that is there twice is told', () => {
  const column: ColumnPlan = { name: 'events', ...measure(m.count(), said) };
  const plan = { name: 'x', kit: 'shop', ...said, kind: hourly, fingerprint: '' } as const;
  expect(
    viewProblems({
      ...plan,
      columns: [{ name: 'window_start', ...windowStart() }, { name: 'window_end', ...windowEnd() }, column, column],
    }),
  ).toEqual(['column events: the name is there twice']);
});

const lacksStart = (kind: string) =>
  `a ${kind} view has a column with the start of the window: window_start: windowStart()`;
const lacksEnd = (kind: string) => `a ${kind} view has a column with the end of the window: window_end: windowEnd()`;

test('windows have their bounds and a measure', () => {
  const events = measure(m.count(), said);
  expect(problems({})).toEqual([
    'a view has at least one column',
    lacksStart('window'),
    lacksEnd('window'),
    'a window view has at least one measure',
  ]);
  expect(problems({ columns: { to: windowEnd(), events } })).toEqual([lacksStart('window')]);
  expect(problems({ columns: { from: windowStart(), events } })).toEqual([lacksEnd('window')]);
  expect(withColumn(sessionPart('id', said))).toEqual([
    'column total: a window view has columns of the roles window, month, key, measure, not session',
  ]);
});

test('sessions have their id, start and end', () => {
  const kind = session({ gap: minutes(30), split: false, byVisitor: false });
  const [id, start, end] = (['id', 'start', 'end'] as const).map((part) => sessionPart(part, said)) as [
    Columns[string],
    Columns[string],
    Columns[string],
  ];
  const length = duration(seconds(1), true, said);
  const all = { id, start, end };
  const check = (columns: Columns, more: object = {}) => problems({ kind: { ...kind, ...more }, columns });
  expect(check(all)).toEqual([]);
  expect(check({ id, start, length })).toEqual([]);
  expect(check({ start, end })).toEqual(["a session view has a column with the session's id"]);
  expect(check({ id, end })).toEqual(["a session view has a column with the session's start"]);
  expect(check({ id, start })).toEqual(["a session view has a column with the session's end or its duration"]);
  expect(check({ ...all, window_start: windowStart() })).toEqual([
    'column window_start: a session view has columns of the roles session, elapsed, measure, not window',
  ]);
  expect(check(all, { byVisitor: true })).toEqual(['a session view by visitor has a column with the visitor']);
  expect(check({ ...all, visitor: sessionPart('visitor', said) }, { byVisitor: true })).toEqual([]);
  expect(check(all, { split: true })).toEqual([]);
  expect(check({ ...all, visitor: sessionPart('visitor', said) }, { split: true, byVisitor: true })).toEqual([
    'sessions that are split have no visitor in their key: choose one',
  ]);
  expect(check(all, { gap: 0 })).toEqual(['the gap is not above 0']);
  for (const unit of [0, -1, 0.5])
    expect(check({ ...all, length: duration(unit, true, said) })).toEqual([
      'column length: the unit of a duration is a whole number of microseconds above 0',
    ]);
});

test('projections have fields', () => {
  expect(problems({ kind: project(), columns: base })).toHaveLength(3);
  expect(problems({ kind: project(), columns: { x: field(e.rename(e.event('coupon'), { a: 'b' }), said) } })).toEqual([
    'column x: coupon is kept apart from what views count: it can only be a field of a projection, by itself',
  ]);
});

test('a rollup without its parent is checked as far as that goes', () => {
  const kind = rollup({ parent: 'sessions', windowing: tumbling(hours(1)), on: 'session_start' });
  const columns = { ...base, whatever: measure(m.sum(e.parent('unheard_of')), said) };
  expect(problems({ kind, columns })).toEqual([]);
  expect(problems({ kind: { ...kind, windowing: calendar('day') }, columns })).toEqual([
    'a rollup has windows of a fixed width, not of the calendar',
  ]);
  expect(problems({ kind: { ...kind, windowing: tumbling(0) }, columns })).toEqual([
    'the size of the windows is not above 0',
  ]);
  expect(problems({ kind, columns: { ...base, a: measure(m.last(e.parent('x')), said) } })).toEqual([
    'column a: last needs the order of events, which rows of a view do not have',
  ]);
  expect(problems({ kind, columns: { a: windowEnd() } })).toEqual([
    lacksStart('rollup'),
    'a rollup view has at least one measure',
  ]);
});
