import { hours, minutes, seconds } from '../../src/core/time.ts';
import {
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
} from '../../src/view/columns.ts';
import * as e from '../../src/view/expression.ts';
import { calendar, sliding, tumbling } from '../../src/view/kind.ts';
import * as m from '../../src/view/measure.ts';
import { type ViewPlan, view } from '../../src/view/view.ts';

const said = words('Label', 'Description');
const bounds = { window_start: windowStart(), window_end: windowEnd() };
const time = e.event('event_time');
const compare = (left: e.Expression, op: '<' | '<=' | '>=' | '<>' | '=', right: e.Expression): e.Expression => ({
  kind: 'compare',
  op,
  left,
  right,
});

/** All that a view can say and the catalog does not: each once, so that its SQL is golden too. */
export const language: readonly ViewPlan[] = [
  view({
    name: 'every_measure',
    kit: 'shop',
    ...said,
    kind: window(tumbling(hours(1))),
    where: e.all(
      e.any(e.above(e.event('price'), 3), compare(e.event('price'), '<=', e.event('quantity'))),
      compare(e.event('user_id'), '<>', e.literal("o'x")),
      compare(e.event('visitor'), '=', e.event('order_id')),
      e.among(e.event('session_id'), 'a', 'b'),
      e.not(e.equals(e.event('brand'), 'acme')),
      e.any(e.literal(true), e.missing(e.event('channel'))),
    ),
    columns: {
      ...bounds,
      session: key(e.event('session_id'), said),
      person: key(e.event('user_id'), said),
      hour: key(e.hourOf(time), said),
      day: key(e.weekdayOf(time), said),
      month: key(e.monthOf(time), said),
      order_kind: key(e.rename(e.event('order_id'), { a: 'b' }), said),
      band: key({ kind: 'band', of: e.event('price'), bounds: [[5, "it's"]], above: 'y', missing: '?' }, said),
      typical: measure(m.median(e.event('price')), said),
      high: measure(m.quantile(e.event('quantity'), 0.99, { where: e.type('view') }), said),
      first_session: measure(m.first(e.event('session_id')), said),
      last_person: measure(m.last(e.event('visitor'), { where: e.type('purchase') }), said),
      first_brand: measure(m.first(e.event('brand')), said),
      pieces: measure(m.sum(e.event('quantity')), said),
      spread: measure(m.stddev(e.event('quantity')), said),
      wait: measure(m.avg(e.elapsed(time, time), { unit: seconds(60), where: e.type('view') }), said),
      latest: measure(m.max(time), said),
      brands: measure(m.list(e.event('brand'), { where: e.type('view') }), said),
      dear: measure(m.distinct(compare(e.event('price'), '>=', e.literal(9.5))), said),
      twice: measure(m.plus(m.sum(e.event('price')), m.sum(e.event('amount'))), said),
      any_view: measure(m.has(e.type('view', 'page')), said),
    },
  }),
  view({
    name: 'by_week',
    kit: 'shop',
    ...said,
    kind: window(calendar('week')),
    columns: {
      ...bounds,
      people: measure(m.distinct(e.event('visitor')), said),
      brands: measure(m.list(e.event('brand')), said),
    },
  }),
  view({
    name: 'every_session_part',
    kit: 'shop',
    ...said,
    kind: session({ gap: minutes(5), split: false, byVisitor: false }),
    where: e.type('view'),
    columns: {
      id: sessionPart('id', said),
      visitor: sessionPart('visitor', said),
      start: sessionPart('start', said),
      end: sessionPart('end', said),
      status: sessionPart('status', said),
      minutes: duration(seconds(60), false, said),
      seconds: duration(seconds(1), true, said),
      first_person: measure(m.first(e.event('user_id')), said),
      last_dear: measure(m.last(e.event('brand'), { where: e.above(e.event('price'), 9) }), said),
      times: measure(m.sequence(time), said),
      pieces: measure(m.sequence(e.event('quantity')), said),
      prices: measure(m.sequence(e.event('price')), said),
      brands: measure(m.sequence(e.event('brand')), said),
    },
  }),
  view({
    name: 'every_parent_column',
    kit: 'shop',
    ...said,
    kind: rollup({ parent: 'user_session_analytics', windowing: sliding(hours(1), minutes(30)), on: 'session_start' }),
    where: e.above(e.parent('total_events'), 1),
    columns: {
      ...bounds,
      bought: key(e.parent('has_purchase'), said),
      session: key(e.parent('user_session'), said),
      person: key(e.parent('user_id'), said),
      until: measure(m.max(e.parent('session_end')), said),
      revenue: measure(m.sum(e.parent('total_purchase_value')), said),
      people: measure(m.distinct(e.parent('user_id')), said),
    },
  }),
  view({
    name: 'every_field',
    kit: 'shop',
    ...said,
    kind: project(),
    where: e.type('view'),
    columns: {
      id: field(e.event('event_id'), said),
      coupon: field(e.event('coupon'), said),
      page: field(e.event('page_url'), said),
      name: field(e.user("o'name"), said),
      kind: field(e.product('kind'), said),
      one: field(e.literal(1), said),
    },
  }),
];
