import { InvalidArgumentError } from 'commander';
import type { Pace } from '../source/file/pace.ts';

/** @throws InvalidArgumentError, which names the option */
export function wholeNumber(text: string): number {
  const value = Number(text.replaceAll('_', ''));
  if (!/^[\d_]+$/.test(text) || !Number.isSafeInteger(value))
    throw new InvalidArgumentError('It must be a whole number.');
  return value;
}

export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('It must be a number above 0.');
  return value;
}

export function share(text: string): number {
  const value = text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text);
  if (!Number.isFinite(value) || value < 0 || value > 1)
    throw new InvalidArgumentError('It must be a share such as 0.03 or 3%.');
  return value;
}

/** A factor of event time: `x60`, `60x` or `60`. */
export function speed(text: string): number {
  return positiveNumber(text.replace(/^x|x$/i, ''));
}

/** Seconds of a length of time such as `30s`, `5m`, `1h` or `90d`. */
export function seconds(text: string): number {
  const [, amount, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text) ?? [];
  if (amount === undefined) throw new InvalidArgumentError('It must be a length of time such as 30s or 5m.');
  return Number(amount) * ({ ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 }[unit] ?? 1);
}

/** Collects `--map a=b --map c=d,e=f`. */
export function pairs(text: string, before: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const added = text.split(',').map((pair): [string, string] => {
    const [name = '', ...rest] = pair.split('=');
    if (name === '' || rest.length === 0) throw new InvalidArgumentError('It must look like field=column.');
    return [name.trim(), rest.join('=').trim()];
  });
  return { ...before, ...Object.fromEntries(added) };
}

/** Names with commas between them. */
export const names = (text: string): string[] =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

/** How fast to read, from the two options that say it. */
export function paceOf({ rate, speed: factor }: { readonly rate?: number; readonly speed?: number }): Pace {
  if (rate !== undefined) return { kind: 'rate', eventsPerSecond: rate };
  return factor === undefined ? { kind: 'fast' } : { kind: 'time', factor };
}
