import { crc32 } from 'node:zlib';

/**
 * A record of the event journal: 40 bytes of header, little-endian, then its payload.
 *
 * | at | bytes | |
 * |---|---|---|
 * | 0 | 4 | `FFJ1` |
 * | 4 | 4 | version of the payload |
 * | 8 | 4 | bytes of payload |
 * | 12 | 4 | rows: events and refused rows |
 * | 16 | 8 | number of the first row |
 * | 24 | 8 | arrival, microseconds since 1970 |
 * | 32 | 4 | bit 0: it brings an answer to be kept |
 * | 36 | 4 | CRC-32 of bytes 0 to 35 and the payload |
 */
export interface RecordHeader {
  readonly version: number;
  readonly payloadBytes: number;
  readonly rows: number;
  /** Rows of the journal are numbered from 0. */
  readonly first: number;
  /** Microseconds since 1970. */
  readonly arrival: number;
  readonly answer: boolean;
}

/** What is found at a place of a segment. */
export type FoundRecord =
  | { readonly found: 'record'; readonly header: RecordHeader; readonly payload: Uint8Array; readonly end: number }
  /** Bytes end before the record does. */
  | { readonly found: 'cut' }
  | { readonly found: 'damaged'; readonly reason: string };

export const HEADER_BYTES = 40;
export const PAYLOAD_VERSION = 1;
/** Larger than any request may become: a length beyond it is damage. */
const MOST_PAYLOAD = 1 << 28;
const MAGIC = 0x314a_4646;
const CRC_AT = 36;

/** Header and payload as bytes. @example encodeRecord({ rows: 2, first: 0, arrival: 1e15, answer: false }, payload) */
export function encodeRecord(
  { rows, first, arrival, answer }: Omit<RecordHeader, 'version' | 'payloadBytes'>,
  payload: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER_BYTES + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, PAYLOAD_VERSION, true);
  view.setUint32(8, payload.length, true);
  view.setUint32(12, rows, true);
  view.setFloat64(16, first, true);
  view.setFloat64(24, arrival, true);
  view.setUint32(32, answer ? 1 : 0, true);
  bytes.set(payload, HEADER_BYTES);
  view.setUint32(CRC_AT, checksum(bytes, payload), true);
  return bytes;
}

/** Reads the record that begins at `at`. */
export function decodeRecord(bytes: Uint8Array, at: number): FoundRecord {
  if (bytes.length - at < HEADER_BYTES) return { found: 'cut' };
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, HEADER_BYTES);
  if (view.getUint32(0, true) !== MAGIC) return { found: 'damaged', reason: 'no record begins here' };
  const payloadBytes = view.getUint32(8, true);
  if (payloadBytes > MOST_PAYLOAD) return { found: 'damaged', reason: 'its length is impossible' };
  const end = at + HEADER_BYTES + payloadBytes;
  if (end > bytes.length) return { found: 'cut' };
  const payload = bytes.subarray(at + HEADER_BYTES, end);
  if (view.getUint32(CRC_AT, true) !== checksum(bytes.subarray(at, end), payload))
    return { found: 'damaged', reason: 'its checksum does not fit' };
  const header = {
    version: view.getUint32(4, true),
    payloadBytes,
    rows: view.getUint32(12, true),
    first: view.getFloat64(16, true),
    arrival: view.getFloat64(24, true),
    answer: view.getUint32(32, true) === 1,
  };
  return { found: 'record', header, payload, end };
}

/** Where the next record may begin, after damage at `at`; the end where there is none. */
export function nextRecord(bytes: Uint8Array, at: number): number {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = Buffer.alloc(4);
  magic.writeUInt32LE(MAGIC);
  for (let from = at + 1; ; from += 1) {
    from = buffer.indexOf(magic, from);
    if (from < 0) return bytes.length;
    if (decodeRecord(bytes, from).found === 'record') return from;
  }
}

const checksum = (record: Uint8Array, payload: Uint8Array): number => crc32(payload, crc32(record.subarray(0, CRC_AT)));
