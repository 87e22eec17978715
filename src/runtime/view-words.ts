import type { Micros } from '../core/time.ts';
import type { AnomalyPart } from '../view/anomaly-part.ts';
import type { Expression } from '../view/expression.ts';
import type { Windowing } from '../view/kind.ts';
import type { Measure } from '../view/measure.ts';
import type { ColumnPlan, ViewPlan } from '../view/view.ts';

/** A view's definition in sentences: what a row is, which events count, and how each column is made. */
export function inWords(view: ViewPlan): readonly string[] {
  const where = view.where === undefined ? [] : [`Counts only where ${expressionInWords(view.where)}.`];
  return [rowInWords(view), ...where, ...view.columns.flatMap(columnInWords)];
}

/** @example spanInWords(900_000_000) // '15 minutes' */
export function spanInWords(span: Micros): string {
  const units = [
    ['day', 86_400e6],
    ['hour', 3600e6],
    ['minute', 60e6],
    ['second', 1e6],
    ['microsecond', 1],
  ] as const;
  const [unit, size] = units.find(([, each]) => span % each === 0) ?? (['microsecond', 1] as const);
  return `${span / size} ${unit}${span === size ? '' : 's'}`;
}

function rowInWords({ kind, columns }: ViewPlan): string {
  const keys = columns.filter(({ value }) => value.role === 'key').map(({ name }) => name);
  const by = keys.length === 0 ? '' : ` and ${keys.join(', ')}`;
  switch (kind.kind) {
    case 'project':
      return 'One row for each event.';
    case 'window':
      return `One row for each ${windowInWords(kind.windowing)}${by}; final when the watermark has passed its end.`;
    case 'match': {
      const same = kind.on.map(expressionInWords).join(' and ');
      return `One row for each ${windowInWords(kind.windowing)}${by}; final when the watermark has passed its end by ${spanInWords(kind.within)}. Each event carries how many others followed it (matched): an event where ${expressionInWords(kind.followedBy)} follows the latest one before it with the same ${same}, if that is at most ${spanInWords(kind.within)} older.`;
    }
    case 'session': {
      const person = kind.byVisitor ? ' and visitor' : '';
      const split = kind.split ? `, cut wherever more than ${spanInWords(kind.gap)} pass between two events` : '';
      return `One row for each session id${person}${split}; events without a session id form sessions of their visitor by a gap of ${spanInWords(kind.gap)}. Final when the watermark has passed the last event by more than the gap.`;
    }
    case 'absence': {
      const item = expressionInWords(kind.item);
      return `One row for each session id and visitor with something left in the cart ${spanInWords(kind.threshold)} after its last event; events without a session id form carts of their visitor by a gap of ${spanInWords(kind.gap)}. A cart event puts in ${expressionInWords(kind.quantity)}, or 1, of ${item} where ${expressionInWords(kind.adds)}, and takes out that many where ${expressionInWords(kind.removes)}; what is in is worth its latest ${expressionInWords(kind.price)}. An event of the session where ${expressionInWords(kind.recoveredBy)} empties the cart; after the last cart event it recovers it, as does one of the visitor with an ${item} that is in, and counts with its ${expressionInWords(kind.amount)}. Final when the watermark has passed the last cart event by more than ${spanInWords(kind.within)}.`;
    }
    case 'anomaly':
      return `One row for each event, compared with those of the ${kind.days} whole days of the shop before its own. ${kind.parts.map(partInWords).join(' ')} The score is 1 - product(1 - part), and an anomaly from ${kind.threshold} on. Final when the watermark has passed the event.`;
    case 'ledger':
      return `One row for each ${by.slice(5)}: its last count in the dimension ${kind.counts} and what moved since. An event takes ${expressionInWords(kind.quantity)}, or 1, where ${expressionInWords(kind.takes)}; it adds that much where ${expressionInWords(kind.adds)}. A final row holds as of the watermark.`;
    case 'episode':
      return `One row for each ${by.slice(5)} and each stretch in which its balance in ${kind.parent} was low: it opens below ${kind.opensBelow} and closes at ${kind.closesAt}, once the balance is known by a count or an addition. A final row holds as of the watermark.`;
    case 'rollup':
      return `One row for each ${windowInWords(kind.windowing)} of ${kind.on} over the rows of ${kind.parent}${by}; final when no session that began in it is open.`;
  }
}

function partInWords(part: AnomalyPart): string {
  const [of, among] = [expressionInWords(part.of), expressionInWords(part.among)];
  switch (part.is) {
    case 'unusual': {
      const side = part.below === undefined ? 'Above' : 'Away from';
      return `${side} the usual ${of} of the same ${among} (at least ${part.least} before): from ${part.from} to ${part.to} deviations of the logarithm, a deviation being at least ${part.spread}.`;
    }
    case 'unseen':
      return `A ${of} that this ${among} did not have: n / (n + m) of n events before with m different ones.`;
    case 'frequent':
      return `Different ${of} of the same ${among} within ${spanInWords(part.within)}: from ${part.from} to ${part.to}.`;
  }
}

function windowInWords(windowing: Windowing): string {
  switch (windowing.shape) {
    case 'tumbling':
      return `window of ${spanInWords(windowing.size)}`;
    case 'sliding':
      return `window of ${spanInWords(windowing.size)}, one every ${spanInWords(windowing.step)},`;
    case 'calendar':
      return `${windowing.unit} of the shop's zone`;
  }
}

function columnInWords({ name, value }: ColumnPlan): readonly string[] {
  switch (value.role) {
    case 'measure':
      return [`${name} = ${measureInWords(value.measure)}`];
    case 'key':
    case 'ledger':
    case 'field':
      return [`${name} = ${expressionInWords(value.of)}`];
    case 'month':
      return [`${name} = month of the window's start`];
    case 'elapsed':
      return [`${name} = ${value.whole ? 'whole ' : ''}${spanInWords(value.unit)} units from first to last event`];
    default:
      return [];
  }
}

function measureInWords(measure: Measure): string {
  const only = 'where' in measure && measure.where !== undefined ? ` where ${expressionInWords(measure.where)}` : '';
  switch (measure.kind) {
    case 'count':
      return `number of rows${only}`;
    case 'distinct':
      return `exact number of distinct ${expressionInWords(measure.of)}${only}`;
    case 'list':
      return `sorted distinct ${expressionInWords(measure.of)}${only}`;
    case 'sequence':
      return `${expressionInWords(measure.of)} of every event, in order`;
    case 'quantile':
      return `${measure.p === 0.5 ? 'median' : `quantile ${measure.p}`} of ${expressionInWords(measure.of)}${only}`;
    case 'avg':
      return `average of ${expressionInWords(measure.of)}${measure.unit === 1 ? '' : ` in units of ${spanInWords(measure.unit)}`}${only}`;
    case 'has':
      return `true when any has ${expressionInWords(measure.where)}`;
    case 'plus':
      return `${measureInWords(measure.left)} + ${measureInWords(measure.right)}`;
    case 'ratio':
      return `(${measureInWords(measure.numerator)}) per ${measure.per} (${measureInWords(measure.denominator)}); null where that is 0`;
    default:
      return `${measure.kind} of ${expressionInWords(measure.of)}${only}`;
  }
}

function expressionInWords(expression: Expression): string {
  switch (expression.kind) {
    case 'column':
      return expression.name;
    case 'literal':
      return JSON.stringify(expression.value);
    case 'compare':
      return `${expressionInWords(expression.left)} ${expression.op} ${expressionInWords(expression.right)}`;
    case 'among':
      return `${expressionInWords(expression.of)} is ${expression.values.map((value) => JSON.stringify(value)).join(' or ')}`;
    case 'all':
      return expression.of.map(expressionInWords).join(' and ');
    case 'any':
      return `(${expression.of.map(expressionInWords).join(' or ')})`;
    case 'not':
      return `not (${expressionInWords(expression.of)})`;
    case 'missing':
      return `${expressionInWords(expression.of)} is missing`;
    case 'calendar':
      return `${expression.part} of ${expressionInWords(expression.of)}`;
    case 'band':
      return `band of ${expressionInWords(expression.of)} (${[...expression.bounds.map(([, label]) => label), expression.above].join(', ')})`;
    case 'rename':
      return `${expressionInWords(expression.of)}, renamed`;
    case 'either':
      return expression.of.map(expressionInWords).join(', else ');
    case 'elapsed':
      return `time from ${expressionInWords(expression.from)} to ${expressionInWords(expression.to)}`;
    case 'human':
      return 'the visitor is not known as a bot';
    case 'property':
      return `the property ${expression.name}`;
    case 'dimension':
      return `${expression.name} of the ${expression.dimension}`;
  }
}
