/** Four hex digits (lower case) of a big-endian word as a number, or -1. */
const hex4 = (word: number): number => {
  // 1 in each byte that is a letter (0x61..0x66), whose value is its low nibble + 9.
  const letters = (word >>> 6) & 0x01010101;
  const nibbles = (word & 0x0f0f0f0f) + letters * 9;
  const bad =
    ((word & 0xf0f0f0f0) ^ (0x30303030 + letters * 0x30)) |
    (nibbles & 0xf0f0f0f0) |
    (((nibbles + 0x06060606) & 0x10101010) ^ (letters << 4));
  if (bad !== 0) return -1;
  const pairs = (nibbles | (nibbles >>> 4)) & 0x00ff00ff;
  return (pairs | (pairs >>> 8)) & 0xffff;
};

/**
 * Writes a canonical lower-case UUID (36 bytes from `start`) in DuckDB's hugeint form.
 *
 * @returns false when the bytes are anything else; the row's four words may then hold anything.
 */
export const putUuid = (words: Uint32Array, row: number, view: DataView, start: number): boolean => {
  const a = hex4(view.getInt32(start));
  const b = hex4(view.getInt32(start + 4));
  const c = hex4(view.getInt32(start + 9));
  const d = hex4(view.getInt32(start + 14));
  const e = hex4(view.getInt32(start + 19));
  const f = hex4(view.getInt32(start + 24));
  const g = hex4(view.getInt32(start + 28));
  const h = hex4(view.getInt32(start + 32));
  if ((a | b | c | d | e | f | g | h) < 0) return false;
  const dashes = view.getUint8(start + 8) + view.getUint8(start + 13) * 256;
  if (dashes !== 0x2d2d || view.getUint8(start + 18) !== 0x2d || view.getUint8(start + 23) !== 0x2d) return false;
  const at = row * 4;
  words[at] = (g << 16) | h;
  words[at + 1] = (e << 16) | f;
  words[at + 2] = (c << 16) | d;
  words[at + 3] = ((a << 16) | b) ^ 0x80000000;
  return true;
};

const hex8 = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');

/** Text of the UUID of a row; for widening and samples, never per event. */
export const uuidText = (words: Uint32Array, row: number): string => {
  const at = row * 4;
  const high = hex8((words[at + 3] as number) ^ 0x80000000);
  const middle = hex8(words[at + 2] as number);
  const low = hex8(words[at + 1] as number);
  return `${high}-${middle.slice(0, 4)}-${middle.slice(4)}-${low.slice(0, 4)}-${low.slice(4)}${hex8(words[at] as number)}`;
};
