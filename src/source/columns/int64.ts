const TWO_32 = 4294967296;

/** Writes a whole number below 2^53 as a 64-bit integer: two halves, because a BigInt an event costs an allocation. */
export const putInt64 = (halves: Uint32Array, row: number, value: number): void => {
  const high = Math.floor(value / TWO_32);
  halves[row * 2] = value - high * TWO_32;
  halves[row * 2 + 1] = high;
};

/**
 * Writes a canonical decimal (`-?[1-9][0-9]*` or `0`) in BIGINT range as a 64-bit integer.
 *
 * @returns false, with nothing written, when the bytes are anything else: such a value would not round-trip.
 */
export const putDecimalInt64 = (
  halves: Uint32Array,
  row: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean => {
  const negative = bytes[start] === 0x2d;
  const from = negative ? start + 1 : start;
  const digits = end - from;
  if (digits < 1 || digits > 19) return false;
  if (bytes[from] === 0x30 && (digits > 1 || negative)) return false;
  let top = 0;
  let rest = 0;
  const split = digits > 15 ? end - 9 : end;
  for (let at = from; at < split; at += 1) {
    const digit = (bytes[at] as number) - 0x30;
    if (digit < 0 || digit > 9) return false;
    top = top * 10 + digit;
  }
  if (split === end) {
    putInt64(halves, row, negative ? -top : top);
    return true;
  }
  for (let at = split; at < end; at += 1) {
    const digit = (bytes[at] as number) - 0x30;
    if (digit < 0 || digit > 9) return false;
    rest = rest * 10 + digit;
  }
  return putWide(halves, row, top, rest, negative);
};

/** top * 1e9 + rest, with top < 1e10: by 16-bit steps, so that each product stays below 2^53. */
const putWide = (halves: Uint32Array, row: number, top: number, rest: number, negative: boolean): boolean => {
  const topHigh = Math.floor(top / 65536);
  const topLow = top - topHigh * 65536;
  const low = topLow * 1e9 + rest;
  const high = topHigh * 1e9;
  // value = high * 2^16 + low
  const shifted = (high % 65536) * 65536;
  const sum = shifted + low;
  const lowHalf = sum % TWO_32;
  const highHalf = Math.floor(high / 65536) + Math.floor(sum / TWO_32);
  const limit = 0x80000000;
  if (highHalf > limit || (highHalf === limit && (lowHalf > 0 || !negative))) return false;
  if (negative) {
    halves[row * 2] = -lowHalf;
    halves[row * 2 + 1] = lowHalf === 0 ? -highHalf : -highHalf - 1;
  } else {
    halves[row * 2] = lowHalf;
    halves[row * 2 + 1] = highHalf;
  }
  return true;
};

/** Decimal text of the 64-bit integer of a row; for widening and samples, never per event. */
export const int64Text = (halves: Uint32Array, row: number): string =>
  ((BigInt((halves[row * 2 + 1] as number) | 0) << 32n) | BigInt(halves[row * 2] as number)).toString();
