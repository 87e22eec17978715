import { isIP } from 'node:net';
import { z } from 'zod';
import { didYouMean } from '../core/did-you-mean.ts';
import { EVENT_COLUMNS } from '../core/event.ts';

/** Whole number from 1, as a number or as text from a flag or the environment. */
export const wholeNumber = z
  .union([z.number(), z.string().regex(/^\d+$/).transform(Number)], { error: 'is not a whole number' })
  .pipe(z.number().int('is not a whole number').min(1, 'is below 1').max(Number.MAX_SAFE_INTEGER, 'is too large'));

/** Non-empty text. */
export const text = z.string('is not text').trim().min(1, 'is empty');

/** List of texts; from a flag or the environment with commas between them. */
export const list = z
  .union([z.array(text), text.transform((value) => value.split(',').map((part) => part.trim()))], {
    error: 'is not a list of texts',
  })
  .pipe(z.array(text));

/** IANA name of a time zone, checked against the zones that this Node knows. */
export const zone = text.refine(isZone, 'is no IANA time zone such as Europe/Athens');

/** ISO 4217 code. */
export const currency = text
  .transform((code) => code.toUpperCase())
  .refine((code) => /^[A-Z]{3}$/.test(code), 'is no currency code such as EUR');

/** Bytes with a unit, as DuckDB reads them. */
export const bytes = text.regex(/^\d+(\.\d+)?\s*([KMGT]i?)?B$/i, 'is no amount of memory such as 600MB');

/** Addresses and networks, such as `10.0.0.0/8`. */
export const networks = list.refine(
  (all) =>
    all.every((each) => {
      const [address = '', bits, ...rest] = each.split('/');
      const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
      return (
        rest.length === 0 && longest > 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= longest))
      );
    }),
  'is no list of addresses or networks such as 10.0.0.0/8',
);

const UNITS: Readonly<Record<string, number>> = { B: 1, KB: 1e3, MB: 1e6, GB: 1e9 };

/** Bytes as a number, from text such as `200MB`. */
export const byteCount = text.transform((written, context) => {
  const [, amount = '', unit = ''] = /^(\d+)\s*([KMG]?B)$/i.exec(written) ?? [];
  const size = UNITS[unit.toUpperCase()];
  if (size !== undefined && Number(amount) > 0) return Number(amount) * size;
  context.addIssue({ code: 'custom', message: 'is no number of bytes such as 200MB' });
  return z.NEVER;
});

const FIELDS: ReadonlySet<string> = new Set(EVENT_COLUMNS.map(({ name }) => name));

/** Canonical field → column of the source; as text `event_time=ts,user_id=customer`. */
export const columnMapping = z
  .union([z.record(z.string(), text), text.transform(pairs)], { error: 'is no mapping such as event_time=ts' })
  .superRefine((mapping, context) => {
    for (const [field, column] of Object.entries(mapping)) {
      if (!FIELDS.has(field)) {
        context.addIssue({ code: 'custom', message: `has no event field "${field}"${didYouMean(field, FIELDS)}` });
      } else if (column === '') {
        context.addIssue({ code: 'custom', message: `gives no column for ${field}: write ${field}=COLUMN` });
      }
    }
  });

function pairs(value: string): Record<string, string> {
  return Object.fromEntries(
    value.split(',').map((pair) => {
      const [field = '', ...column] = pair.split('=');
      return [field.trim(), column.join('=').trim()];
    }),
  );
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    // An offset is accepted by Intl, but has no days of 23 and 25 hours: only names are zones.
    return !/^[+-]/.test(name);
  } catch {
    return false;
  }
}
