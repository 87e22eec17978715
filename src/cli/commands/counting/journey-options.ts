import { type Command, InvalidArgumentError } from 'commander';
import { parseDuration } from '../../../config/duration.ts';
import { type EventPick, type Scope, TOUCHES, type TouchOf } from '../../../journey/question.ts';

type Where = NonNullable<Scope['where']>;

export interface ScopeOptions {
  readonly from?: string;
  readonly to?: string;
  readonly where?: Where;
  readonly humans?: boolean;
}

/** Options that every question about journeys has. */
export const withScope = (command: Command): Command =>
  command
    .option('--from <time>', 'events at or after this')
    .option('--to <time>', 'events before this')
    .option(
      '--where <touch=value>',
      'sessions with this channel, utm_source, device or country; last_country for the last of the session, | between several values, null for none',
      conditions,
    )
    .option('--humans', 'without sessions of visitors that are marked as bots (footfall bots)');

export const scopeOf = ({ from, to, where, humans }: ScopeOptions) => ({
  ...(humans === true ? { humans } : {}),
  ...(from === undefined ? {} : { from }),
  ...(to === undefined ? {} : { to }),
  ...(where === undefined ? {} : { where: where.map((each) => ({ ...each, values: [...each.values] })) }),
});

/** @example touchOf('last_country') // { touch: 'country', which: 'last' } */
export function touchOf(text: string): TouchOf {
  const [, which = 'first', name = ''] = /^(?:(first|last)_)?(.*)$/.exec(text) ?? [];
  const touch = TOUCHES.find((each) => each === name);
  if (touch === undefined)
    throw new InvalidArgumentError(`It must be one of ${TOUCHES.join(', ')}, with first_ or last_ in front.`);
  return { touch, which: which === 'last' ? 'last' : 'first' };
}

function conditions(text: string, before: Where = []): Where {
  const [name = '', ...rest] = text.split('=');
  if (rest.length === 0) throw new InvalidArgumentError('It must look like country=DE.');
  const values = rest
    .join('=')
    .split('|')
    .map((value) => (value === 'null' ? null : value));
  return [...before, { ...touchOf(name), values }];
}

const DIMENSIONS = { product: 'products', category: 'categories', brand: 'brands' } as const;
const isDimension = (name: string): name is keyof typeof DIMENSIONS => name in DIMENSIONS;

/**
 * Events as they are written on the command line.
 * @example pickOf('view') // { types: ['view'] }
 * @example pickOf('*:brand=acme,category=a|b') // { brands: ['acme'], categories: ['a', 'b'] }
 */
export function pickOf(text: string): { -readonly [K in keyof EventPick]: string[] } {
  const [types = '', ...rest] = text.split(':');
  const pick: { -readonly [K in keyof EventPick]: string[] } = types === '*' ? {} : { types: types.split('|') };
  if (types === '') throw new InvalidArgumentError('It must begin with an event type, or * for any.');
  if (rest.length === 0) return pick;
  for (const condition of rest.join(':').split(',')) {
    const [name = '', ...value] = condition.split('=');
    if (!isDimension(name) || value.length === 0)
      throw new InvalidArgumentError(
        'It must look like view:brand=acme,category=shoes; there are product, category and brand.',
      );
    pick[DIMENSIONS[name]] = value.join('=').split('|');
  }
  return pick;
}

/** Microseconds of a length of time. */
export function micros(text: string): number {
  const length = parseDuration(text);
  if (length === null) throw new InvalidArgumentError('It must be a length of time such as 30m, 24h or 7d.');
  return length;
}
