import type { Value } from '../store/value.ts';

/** A sum of money as decimal text; nothing is 0. */
export const moneyText = (sum: Value | undefined): string => {
  const text = sum === null || sum === undefined ? '0' : String(sum);
  const [whole = '0', fraction = ''] = text.split('.');
  return `${whole}.${fraction.padEnd(4, '0')}`;
};
