import type { CastForm } from '../../core/repair-rule.ts';

const DECIMAL = /^[+-]?\d+(\.\d+)?$/;

/** A decimal without signs of currency, spaces and separators of thousands; null for anything else. */
function decimal(text: string, thousands: RegExp, point: string): string | null {
  const plain = text
    .replace(/[^\d.,+-]/g, '')
    .replace(thousands, '')
    .replace(point, '.');
  return DECIMAL.test(plain) ? plain : null;
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
  'decimal-comma': (text) => decimal(text, /\./g, ','),
  'decimal-point': (text) => decimal(text, /,/g, '.'),
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
