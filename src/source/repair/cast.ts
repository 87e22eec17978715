import type { CastForm } from '../../core/repair-rule.ts';

/** Digits, in groups of three or without groups, and decimals. What fits neither is written in another way. */
const WRITTEN = {
  ',': /^[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+)(?:,\d+)?$/,
  '.': /^[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?$/,
} as const;

/** A decimal without signs of currency, spaces and separators of thousands; null for anything else. */
function decimal(text: string, point: keyof typeof WRITTEN): string | null {
  const plain = text.replace(/[^\d.,+-]/g, '');
  if (!WRITTEN[point].test(plain)) return null;
  return plain.replaceAll(point === ',' ? '.' : ',', '').replace(point, '.');
}

/** Exact, on the digits: half to even. */
function fourDecimals(text: string): string | null {
  const [, sign = '', whole = '', decimals = ''] = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  if (whole === '') return null;
  const kept = BigInt(whole + decimals.slice(0, 4).padEnd(4, '0'));
  const rest = decimals.slice(4).replace(/0+$/, '');
  const half = '5';
  const up = rest > half || (rest === half && kept % 2n === 1n);
  const digits = String(kept + (up ? 1n : 0n)).padStart(5, '0');
  return `${sign === '-' ? '-' : ''}${digits.slice(0, -4)}.${digits.slice(-4)}`;
}

function dated(text: string, order: 'day-first' | 'month-first'): string | null {
  const [, a, b, year, rest = ''] = /^\s*(\d{1,2})[./-](\d{1,2})[./-](\d{4})(.*)$/s.exec(text) ?? [];
  if (a === undefined || b === undefined || year === undefined) return null;
  const [day, month] = order === 'day-first' ? [a, b] : [b, a];
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}${rest}`;
}

const FORMS: Readonly<Record<CastForm, (text: string) => string | null>> = {
  'decimal-comma': (text) => decimal(text, ','),
  'decimal-point': (text) => decimal(text, '.'),
  'four-decimals': fourDecimals,
  positive: (text) => (/^\s*-/.test(text) ? text.replace('-', '') : null),
  'whole-number': (text) => /\d+/.exec(text)?.[0] ?? null,
  'day-first': (text) => dated(text, 'day-first'),
  'month-first': (text) => dated(text, 'month-first'),
  text: (text) => text,
};

/**
 * A value read in another form; null when the form cannot read it.
 * @example cast('1.234,50 €', 'decimal-comma') // '1234.50'
 */
export const cast = (text: string, form: CastForm): string | null => FORMS[form](text);
