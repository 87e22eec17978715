/** The JSON values of a request, one a line, as an NDJSON parser reads them. */
export interface JsonLines {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where each value begins in `bytes`. */
  readonly starts: readonly number[];
}

const LF = 0x0a;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Cuts a JSON array of values, or values one after the other, into lines. Their bytes stay as they are, numbers too, but
 * for line breaks between tokens. What is no JSON inside a value is left to the parser.
 *
 * @returns null where the brackets do not match, so that nobody can say where an event ends
 */
export function splitJson(body: Uint8Array): JsonLines | null {
  let at = blank(body, 0);
  const list = body[at] === OPEN_LIST;
  if (list) at = blank(body, at + 1);
  const bytes = new Uint8Array(body.length + 1);
  const starts: number[] = [];
  let to = 0;
  while (at < body.length && !(list && body[at] === CLOSE_LIST)) {
    const end = valueEnd(body, at, list);
    // Between two commas there has to be something: a line without any would be no event, and none that is refused.
    if (end <= at) return null;
    starts.push(to);
    to = copyLine(body, at, end, bytes, to);
    at = blank(body, end);
    if (!list) continue;
    if (body[at] === COMMA) {
      at = blank(body, at + 1);
      if (body[at] === CLOSE_LIST) return null;
    } else if (body[at] !== CLOSE_LIST) return null;
  }
  if (list && (at >= body.length || blank(body, at + 1) < body.length)) return null;
  return { bytes: bytes.slice(0, to), starts };
}

const isBlank = (byte: number | undefined): boolean => byte === SPACE || byte === LF || byte === 0x0d || byte === 0x09;

function blank(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && isBlank(bytes[at])) at += 1;
  return at;
}

/** Where the value that begins at `from` ends; -1 where its brackets or quotes are never closed. */
function valueEnd(bytes: Uint8Array, from: number, list: boolean): number {
  let depth = 0;
  let at = from;
  for (; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at = textEnd(bytes, at);
      if (at < 0) return -1;
    } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) depth += 1;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      if (depth === 0) return list && byte === CLOSE_LIST ? at : -1;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (byte === LF || (list && byte === COMMA))) return at;
  }
  return depth === 0 ? at : -1;
}

/** The closing quote of the text that begins at `from`. */
function textEnd(bytes: Uint8Array, from: number): number {
  for (let at = from + 1; at < bytes.length; at += 1) {
    if (bytes[at] === BACKSLASH) at += 1;
    else if (bytes[at] === QUOTE) return at;
  }
  return -1;
}

/** A line break inside of quotes is no JSON; made a space, the text would be accepted: it stays a control character. */
function copyLine(from: Uint8Array, start: number, end: number, into: Uint8Array, at: number): number {
  let to = at;
  let quoted = false;
  for (let i = start; i < end; i += 1) {
    const byte = from[i] as number;
    if (quoted && byte === BACKSLASH) {
      into[to++] = byte;
      i += 1;
      into[to++] = from[i] as number;
      continue;
    }
    if (byte === QUOTE) quoted = !quoted;
    into[to++] = byte === LF || byte === 0x0d ? (quoted ? 0x01 : SPACE) : byte;
  }
  into[to++] = LF;
  return to;
}
