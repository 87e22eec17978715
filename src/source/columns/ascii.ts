const SEEN = 256;

/** End of a plain ASCII cell (at most 256 bytes, no quote in it) at its comma or line end, or -1. */
export const asciiEnd = (bytes: Uint8Array, start: number): number => {
  for (let at = start; at < start + SEEN; at += 1) {
    const byte = bytes[at] as number;
    if (byte === 0x2c || byte === 0x0a || byte === 0x0d) return at;
    if (byte < 0x20 || byte > 0x7e || byte === 0x22) return -1;
  }
  return -1;
};

/** Text of bytes that are known to be ASCII. */
export const asciiText = (bytes: Uint8Array, start: number, end: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');

/** Whether all bytes are ASCII. */
export const isAscii = (bytes: Uint8Array, start: number, end: number): boolean => {
  let high = 0;
  for (let at = start; at < end; at += 1) high |= bytes[at] as number;
  return high < 0x80;
};
