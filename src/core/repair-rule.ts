/** Ways in which a written value is read differently. What a form cannot read stays as it is. */
export const CAST_FORMS = [
  /** `1.234,56 €` → `1234.56` */
  'decimal-comma',
  /** `$1,234.56` → `1234.56` */
  'decimal-point',
  /** Rounded to four decimals, half to even: money of more is refused. */
  'four-decimals',
  /** `-3.20` → `3.20` */
  'positive',
  /** `2 pcs` → `2` */
  'whole-number',
  /** `31.12.2019 10:00:00` → `2019-12-31 10:00:00` */
  'day-first',
  /** `12/31/2019 10:00:00` → `2019-12-31 10:00:00` */
  'month-first',
  /** A JSON value of any kind as text. */
  'text',
] as const;
export type CastForm = (typeof CAST_FORMS)[number];

/** One change to a refused row. Fields are columns of the source, or keys at the top of a JSON event. */
export type RepairStep =
  | { readonly do: 'rename'; readonly field: string; readonly to: string }
  | { readonly do: 'drop'; readonly field: string }
  /** Fills the field where it is missing or empty. */
  | { readonly do: 'default'; readonly field: string; readonly value: string }
  /** Puts another text for a text, or nothing for null. */
  | { readonly do: 'map'; readonly field: string; readonly from: string; readonly to: string | null }
  | { readonly do: 'cast'; readonly field: string; readonly as: CastForm };

/**
 * How refused rows are put right: steps, one after the other, on the row as it came. What comes out is parsed and checked
 * like any other row.
 *
 * @example [{ do: 'rename', field: 'typ', to: 'event_type' }, { do: 'cast', field: 'price', as: 'decimal-comma' }]
 */
export type RepairRule = readonly RepairStep[];
