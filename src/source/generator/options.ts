import { FootfallError } from '../../core/errors/footfall-error.ts';

/** What to generate. Everything but `shape` and `events` has a default; the same options give the same bytes. */
export const SHAPES = ['rees46', 'b1', 'globalmart', 'canonical'] as const;
export type Shape = (typeof SHAPES)[number];

export interface GenerateOptions {
  readonly shape: Shape;
  /** Rows in all event files together, of whatever kind (copies and broken rows included). */
  readonly events: number;
  /** Whole number >= 0, below 2^53. Default 1. */
  readonly seed?: number;
  /** Time of the first event; ISO text or milliseconds. Default 2019-10-01T00:00:00Z. */
  readonly start?: string | number;
  /** Event time covered, in days; or `rate`. Default: 16 events/s, as REES46 has them. */
  readonly days?: number;
  /** Mean events per second of event time. */
  readonly rate?: number;
  /** Registered people. Default: one for 14 events. */
  readonly users?: number;
  /** Products. Default: one for 60 events, 300 to 60,000. */
  readonly products?: number;
  /** Share of events that arrive out of order, late ones included. Default 0, or `late` where that is more. */
  readonly outOfOrder?: number;
  /** Share of events that arrive more than `latenessMinutes` late. Default 0. */
  readonly late?: number;
  /** Default 10. */
  readonly latenessMinutes?: number;
  /** Mean lateness beyond `latenessMinutes`. Default 45, or a tenth of the time covered where that is less. */
  readonly lateMeanMinutes?: number;
  /** Share of rows that are second copies of an earlier one. Default 0. */
  readonly duplicates?: number;
  /** Share of rows that are broken and must be refused. Default 0. */
  readonly broken?: number;
  /** Share of events made by crawlers. Default 0. */
  readonly bots?: number;
  /** Share of purchases that are out of the ordinary. Default 0. */
  readonly anomalies?: number;
  /** Share of purchases refunded later (canonical only). Default 0.03. */
  readonly refunds?: number;
  /** Share of visits with a pause of 31 minutes to 8 hours under the same session id. Default 0.015. */
  readonly pauses?: number;
  /** Put before each file name. Default none. */
  readonly prefix?: string;
  /** Event files are gzip-compressed and end in `.gz`. Default false. */
  readonly gzip?: boolean;
}

/** Options with every default filled in; `start` and `end` in milliseconds since 1970 UTC. */
export interface ResolvedOptions extends Required<Omit<GenerateOptions, 'start' | 'days'>> {
  readonly start: number;
  readonly end: number;
  /** Without an end: the rate is a mean over weeks instead of over the time covered. */
  readonly live: boolean;
}

/** A share, count or time that cannot be: names the option and says what it may be. */
export const badOption = (option: string, value: unknown, allowed: string): FootfallError =>
  new FootfallError('generate.option', { option, value: String(value), allowed });

const DAY = 86_400_000;
const RATE = 16;
const MAX_USERS = 200_000_000;
const MAX_PRODUCTS = 5_000_000;

/** @throws FootfallError `generate.option` */
export function resolveOptions(options: GenerateOptions): ResolvedOptions {
  const share = (name: keyof GenerateOptions, fallback: number): number => {
    const value = options[name] ?? fallback;
    if (typeof value !== 'number' || !(value >= 0 && value <= 0.5))
      throw badOption(name, value, 'a share from 0 to 0.5');
    return value;
  };
  const whole = (name: keyof GenerateOptions, fallback: number, least: number, most: number): number => {
    const value = options[name] ?? fallback;
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least || value > most)
      throw badOption(name, value, `a whole number from ${least} to ${most}`);
    return value;
  };
  const positive = (name: keyof GenerateOptions, fallback: number): number => {
    const value = options[name] ?? fallback;
    if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0)
      throw badOption(name, value, 'a number above 0');
    return value;
  };
  if (!SHAPES.includes(options.shape)) throw badOption('shape', options.shape, `one of ${SHAPES.join(', ')}`);
  if (options.days !== undefined && options.rate !== undefined)
    throw badOption('rate', options.rate, 'left out when days is given');
  const events = whole('events', 0, 0, Number.MAX_SAFE_INTEGER);
  const start = new Date(options.start ?? '2019-10-01T00:00:00Z').getTime();
  if (!Number.isFinite(start) || start < 0) throw badOption('start', options.start, 'a time from 1970 on');
  const span =
    options.days === undefined ? (Math.max(1, events) / positive('rate', RATE)) * 1000 : positive('days', 1) * DAY;
  if (start + span > Date.UTC(2190, 0, 1)) throw badOption('days', options.days, 'a time before the year 2190');
  const late = share('late', 0);
  const outOfOrder = share('outOfOrder', late);
  if (outOfOrder < late) throw badOption('outOfOrder', outOfOrder, 'at least as much as late');
  const minutes = span / 60_000;
  return {
    shape: options.shape,
    events,
    seed: whole('seed', 1, 0, Number.MAX_SAFE_INTEGER),
    start,
    end: start + span,
    rate: (Math.max(1, events) / span) * 1000,
    users: whole('users', Math.max(50, Math.min(MAX_USERS, Math.ceil(events / 14))), 1, MAX_USERS),
    products: whole('products', Math.max(300, Math.min(60_000, Math.ceil(events / 60))), 1, MAX_PRODUCTS),
    outOfOrder,
    late,
    latenessMinutes: positive('latenessMinutes', 10),
    lateMeanMinutes: positive('lateMeanMinutes', Math.max(0.05, Math.min(45, minutes / 10))),
    duplicates: share('duplicates', 0),
    broken: share('broken', 0),
    bots: share('bots', 0),
    anomalies: share('anomalies', 0),
    refunds: share('refunds', 0.03),
    pauses: share('pauses', 0.015),
    prefix: options.prefix ?? '',
    gzip: options.gzip ?? false,
    live: false,
  };
}
