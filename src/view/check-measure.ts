import { checkCondition, type Place, typeOf } from './check-expression.ts';
import { type InputType, inWords, isExactNumber, isNumber } from './input-type.ts';
import type { Measure } from './measure.ts';

type Of = 'sum' | 'avg' | 'stddev' | 'min' | 'max' | 'quantile' | 'distinct' | 'list' | 'sequence' | 'first' | 'last';

/** What each measure can be made of, and what to use instead where that may be meant. */
const INPUTS: Readonly<Record<Of, { readonly takes: (type: InputType) => boolean; readonly of: string }>> = {
  sum: { takes: isExactNumber, of: 'money or whole numbers' },
  avg: { takes: isExactNumber, of: 'money or whole numbers' },
  stddev: { takes: isExactNumber, of: 'money or whole numbers' },
  min: { takes: (type) => isExactNumber(type) || type === 'time', of: 'money, whole numbers or times' },
  max: { takes: (type) => isExactNumber(type) || type === 'time', of: 'money, whole numbers or times' },
  quantile: { takes: (type) => isExactNumber(type) || type === 'time', of: 'money, whole numbers or times' },
  distinct: { takes: (type) => type !== 'double' && type !== 'list', of: 'anything but averages, rates and lists' },
  list: { takes: (type) => type === 'symbol', of: 'texts of few distinct values, such as categories' },
  sequence: {
    takes: (type) => isExactNumber(type) || type === 'symbol' || type === 'time',
    of: 'texts of few distinct values, money, whole numbers or times',
  },
  first: { takes: (type) => type !== 'double' && type !== 'list', of: 'anything but averages, rates and lists' },
  last: { takes: (type) => type !== 'double' && type !== 'list', of: 'anything but averages, rates and lists' },
};

/** A place of measures: whether its rows have the order of events. */
export interface MeasurePlace extends Place {
  readonly ordered: boolean;
  /** Whether a row is made of few enough events to keep them one by one. */
  readonly short: boolean;
}

/** Type of a measure's value; undefined where that cannot be known, with what is wrong told to `place`. */
export function measureType(measure: Measure, place: MeasurePlace): InputType | undefined {
  if ('where' in measure && measure.where !== undefined) checkCondition(measure.where, place);
  switch (measure.kind) {
    case 'count':
      return 'integer';
    case 'has':
      return 'boolean';
    case 'plus':
      return sumOfBoth(measure.left, measure.right, place);
    case 'ratio': {
      if (measure.per.trim() === '') place.report('a ratio says what it is a rate of: per is empty');
      numeric(measure.numerator, 'numerator', place);
      numeric(measure.denominator, 'denominator', place);
      return 'double';
    }
    default:
      return valueType(measure, place);
  }
}

function valueType(measure: Extract<Measure, { kind: Of }>, place: MeasurePlace): InputType | undefined {
  const { kind } = measure;
  const type = typeOf(measure.of, place);
  const { takes, of } = INPUTS[kind];
  if (type !== undefined && !takes(type)) place.report(`${kind} is made of ${of}, not of ${inWords[type]}`);
  if (measure.of.kind === 'literal') place.report(`${kind} of a literal is the same for every row`);
  if ((kind === 'first' || kind === 'last') && !place.ordered)
    place.report(`${kind} needs the order of events, which rows of a view do not have`);
  if (kind === 'sequence' && !place.short) place.report('a sequence keeps every event: only a session view has one');
  if (kind === 'quantile' && !(measure.p > 0 && measure.p <= 1))
    place.report(`quantile ${measure.p} is not within 0 to 1`);
  if (kind === 'avg' && !(Number.isFinite(measure.unit) && measure.unit > 0))
    place.report(`an average cannot be divided by a unit of ${measure.unit}`);
  if (kind === 'distinct') return 'integer';
  if (kind === 'avg' || kind === 'stddev') return 'double';
  return kind === 'list' || kind === 'sequence' ? 'list' : type;
}

function numeric(measure: Measure, what: string, place: MeasurePlace): InputType | undefined {
  const type = measureType(measure, place);
  if (type !== undefined && !isNumber(type)) place.report(`the ${what} is ${inWords[type]}, not a number`);
  return type;
}

function sumOfBoth(left: Measure, right: Measure, place: MeasurePlace): InputType | undefined {
  const a = numeric(left, 'left side of plus', place);
  const b = numeric(right, 'right side of plus', place);
  if (a !== undefined && b !== undefined && a !== b) place.report(`${inWords[a]} and ${inWords[b]} cannot be added`);
  return a;
}
