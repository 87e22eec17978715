import { MONEY_LIMIT } from './limits.ts';

/** Results that are no money; every amount of money is above -1e13. */
export const NOT_A_NUMBER = -1e15;
export const TOO_PRECISE = -2e15;
export const OUT_OF_RANGE = -3e15;

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?$/;

/**
 * Money as units of 1/10,000, exact.
 *
 * @param loose a JSON number, in which 239.96999999999997 stands for 239.97: within 1e-9 of 4 decimals it is rounded
 * @returns the units, or NOT_A_NUMBER, TOO_PRECISE, OUT_OF_RANGE (|value| >= 1e9)
 * @example parseMoneyText('33.20', false) // 332000
 */
export const parseMoneyText = (text: string, loose: boolean): number => {
  const match = DECIMAL.exec(text);
  if (match === null) return parseExponent(text, loose);
  const [, sign, whole = '', decimals = ''] = match;
  if (whole === '' && decimals === '') return NOT_A_NUMBER;
  if (!/^.{0,4}0*$/.test(decimals)) return loose ? nearest(Number(text)) : TOO_PRECISE;
  const digits = `${whole.replace(/^0+/, '')}${decimals.slice(0, 4).padEnd(4, '0')}`;
  if (digits.length > 13) return OUT_OF_RANGE;
  const units = Number(digits);
  return sign === '-' && units !== 0 ? -units : units;
};

const parseExponent = (text: string, loose: boolean): number => {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)[eE][+-]?\d+$/.test(text)) return NOT_A_NUMBER;
  const value = Number(text);
  if (!Number.isFinite(value)) return OUT_OF_RANGE;
  const units = nearest(value);
  if (units === TOO_PRECISE || units === OUT_OF_RANGE) return units;
  return loose || units / 1e4 === value ? units : TOO_PRECISE;
};

const nearest = (value: number): number => {
  if (Math.abs(value) >= MONEY_LIMIT / 1e4) return OUT_OF_RANGE;
  const units = Math.round(value * 1e4);
  // A value this near to 4 decimals is never a tie, so half-even and half-up agree.
  if (Math.abs(value - units / 1e4) > 1e-9) return TOO_PRECISE;
  if (Math.abs(units) >= MONEY_LIMIT) return OUT_OF_RANGE;
  return units === 0 ? 0 : units;
};

/** Reads plain money (`33.2`, at most 9 digits before and 4 after the point) from bytes. */
export class MoneyReader {
  /** One past the last byte of the number that `read` found. */
  end = 0;

  /** Units of 1/10,000, or a negative number when it is not of the plain form: then `parseMoneyText` decides. */
  read(bytes: Uint8Array, start: number): number {
    let at = start;
    let units = 0;
    let digit = (bytes[at] as number) - 0x30;
    while (digit >= 0 && digit <= 9) {
      units = units * 10 + digit;
      at += 1;
      digit = (bytes[at] as number) - 0x30;
    }
    if (at === start || at - start > 9) return -1;
    if (bytes[at] !== 0x2e) {
      this.end = at;
      return units * 10000;
    }
    at += 1;
    const point = at;
    digit = (bytes[at] as number) - 0x30;
    while (digit >= 0 && digit <= 9) {
      units = units * 10 + digit;
      at += 1;
      digit = (bytes[at] as number) - 0x30;
    }
    this.end = at;
    const decimals = at - point;
    if (decimals === 2) return units * 100;
    if (decimals === 1) return units * 1000;
    if (decimals === 3) return units * 10;
    return decimals === 4 ? units : -1;
  }
}
