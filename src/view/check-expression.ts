import type { Expression, Literal } from './expression.ts';
import { type InputType, inWords, isNumber } from './input-type.ts';

/** Where an expression stands: what it may read, and who is told what is wrong with it. */
export interface Place {
  /** Whether what is read are events, which have properties. */
  readonly properties: boolean;
  /** Type of a column; undefined where it is not known, after telling why if that is a mistake. */
  column(name: string): InputType | undefined;
  report(problem: string): void;
}

type Checker<K extends Expression['kind']> = (
  expression: Extract<Expression, { kind: K }>,
  place: Place,
) => InputType | undefined;

const ISO = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z?)?$/;

/** Whether a literal can be compared with values of a type. */
function fits(value: Literal, type: InputType): boolean {
  if (type === 'list') return false;
  if (type === 'boolean') return typeof value === 'boolean';
  if (isNumber(type)) return typeof value === 'number' && Number.isFinite(value);
  if (type === 'time') return typeof value === 'string' && ISO.test(value) && !Number.isNaN(Date.parse(value));
  return typeof value === 'string';
}

function checkLiteral(value: Literal, type: InputType | undefined, place: Place): void {
  if (type !== undefined && !fits(value, type))
    place.report(`${JSON.stringify(value)} cannot be compared with ${inWords[type]}`);
}

/** Types whose values have an order that means something: symbols and ids are held as numbers of no meaning. */
const isOrdered = (type: InputType): boolean => isNumber(type) || type === 'time' || type === 'text';

const family = (type: InputType): string => {
  if (isNumber(type)) return 'number';
  return type === 'id' ? 'text' : type;
};

/** Tells what is wrong unless the expression is true or false. */
export function checkCondition(expression: Expression, place: Place): void {
  const type = typeOf(expression, place);
  if (type !== undefined && type !== 'boolean') place.report(`a condition is needed, not ${inWords[type]}`);
}

function checkEach(of: readonly Expression[], word: string, place: Place): 'boolean' {
  if (of.length === 0) place.report(`${word}() needs at least one condition`);
  for (const each of of) checkCondition(each, place);
  return 'boolean';
}

function need(wanted: readonly InputType[], of: Expression, what: string, place: Place): InputType | undefined {
  const type = typeOf(of, place);
  if (type === undefined || wanted.includes(type)) return type;
  place.report(`${what} cannot be made of ${inWords[type]}`);
  return undefined;
}

const checkers: { readonly [K in Expression['kind']]: Checker<K> } = {
  column: ({ name }, place) => place.column(name),
  literal({ value }, place) {
    if (typeof value === 'number' && !Number.isFinite(value)) place.report(`${value} is no number`);
    if (typeof value === 'string') return 'text';
    return typeof value === 'boolean' ? 'boolean' : 'double';
  },
  compare({ op, left, right }, place) {
    if (left.kind === 'literal') {
      place.report('a comparison has its literal on the right');
      return 'boolean';
    }
    const a = typeOf(left, place);
    if (a !== undefined && op !== '=' && op !== '<>' && !isOrdered(a))
      place.report(`${op} needs values with an order, not ${a === 'symbol' ? 'names' : inWords[a]}`);
    if (right.kind === 'literal') checkLiteral(right.value, a, place);
    else {
      const b = typeOf(right, place);
      if (a !== undefined && b !== undefined && (family(a) !== family(b) || a === 'list'))
        place.report(`${inWords[a]} cannot be compared with ${inWords[b]}`);
    }
    return 'boolean';
  },
  among({ of, values }, place) {
    const type = typeOf(of, place);
    if (values.length === 0) place.report('among() needs at least one value');
    for (const value of values) checkLiteral(value, type, place);
    return 'boolean';
  },
  all: ({ of }, place) => checkEach(of, 'all', place),
  any: ({ of }, place) => checkEach(of, 'any', place),
  not({ of }, place) {
    checkCondition(of, place);
    return 'boolean';
  },
  missing({ of }, place) {
    typeOf(of, place);
    return 'boolean';
  },
  calendar({ part, of }, place) {
    need(['time'], of, `the ${part}`, place);
    return part === 'month' ? 'text' : 'integer';
  },
  band({ of, bounds }, place) {
    need(['money', 'integer', 'double'], of, 'a band', place);
    if (bounds.length === 0) place.report('a band needs at least one bound');
    bounds.forEach(([bound], i) => {
      const before = bounds[i - 1]?.[0] ?? Number.NEGATIVE_INFINITY;
      if (!(Number.isFinite(bound) && bound > before)) place.report('the bounds of a band rise from one to the next');
    });
    return 'text';
  },
  rename({ of, names }, place) {
    if (Object.keys(names).length === 0) place.report('rename() needs at least one name');
    return need(['symbol', 'text'], of, 'a renamed value', place);
  },
  either({ of }, place) {
    const types = of.map((each) => typeOf(each, place));
    if (of.length < 2) place.report('either() needs at least two values');
    if (of.some(({ kind }) => kind === 'literal')) place.report('either() chooses among values of the event');
    const [first] = types;
    for (const type of types)
      if (first !== undefined && type !== undefined && type !== first)
        place.report(`${inWords[type]} cannot stand in for ${inWords[first]}`);
    return first;
  },
  elapsed({ from, to }, place) {
    need(['time'], from, 'a length of time', place);
    need(['time'], to, 'a length of time', place);
    return 'integer';
  },
  property({ name }, place) {
    if (!place.properties) place.report(`property('${name}') can only be read of an event`);
    if (name === '' || /["\\\p{Cc}]/u.test(name))
      place.report('the name of a property is not empty and has no quotes, backslashes or control characters');
    return 'text';
  },
  human(_, place) {
    if (!place.properties) place.report('human() can only be asked of an event');
    return 'boolean';
  },
  dimension({ dimension, name }, place) {
    place.report(`${dimension}('${name}') can only be a field of a projection, by itself`);
    return undefined;
  },
};

/** Type of an expression; undefined where that cannot be known, with what is wrong told to `place`. */
export function typeOf(expression: Expression, place: Place): InputType | undefined {
  const checker = checkers[expression.kind] as Checker<Expression['kind']>;
  return checker(expression as never, place);
}
