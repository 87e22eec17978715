import { FootfallError } from '../../core/errors/footfall-error.ts';
import type { EpochMicros } from '../../core/time.ts';
import { JsonRequestParser, type MessageRows, type ParsedRequest } from '../json-request.ts';
import type { Vocabulary } from '../shape/vocabulary.ts';
import type { Draft } from './draft.ts';
import type { WireForm } from './wire-form.ts';
import { isObject, parseWire, type WireValue } from './wire-value.ts';

/** What a request may grow to: every product of a message becomes an event that says all that the message said. */
const MOST_BYTES = 64_000_000;

/**
 * Parser of requests in the form of one kind of client: messages become canonical events, which the parser of events then
 * checks like any other. A message that is no object is handed on as it is, and refused there.
 */
export class WireParser {
  readonly #form: WireForm;
  readonly #parser: JsonRequestParser;

  /** @param canonical the vocabulary of canonical events @param partition where its events are counted to come from */
  constructor(form: WireForm, canonical: Vocabulary, partition: string) {
    this.#form = form;
    this.#parser = new JsonRequestParser(canonical, partition);
  }

  /**
   * @param kind the kind of message that the address says, such as `track`
   * @returns null where the body is no JSON
   * @throws FootfallError `request.invalid` for a body that holds no messages of this form, `request.too_large` for
   *   messages whose products say too much
   */
  parse(body: Uint8Array, arrival: EpochMicros, kind: string | null = null): ParsedRequest | null {
    const value = parseWire(body);
    return value === undefined ? null : this.read(value, arrival, kind);
  }

  /** As `parse`, for a body that was read already. */
  read(body: WireValue, arrival: EpochMicros, kind: string | null = null): ParsedRequest | null {
    const messages = this.#form.messages(body);
    if (messages === null)
      throw new FootfallError('request.invalid', {
        reason: `the body holds no messages as ${this.#form.label} has them`,
      });
    const lines: string[] = [];
    const placed: MessageRows[] = [];
    let bytes = 0;
    const add = (line: string): void => {
      lines.push(line);
      bytes += line.length + 1;
      if (bytes > MOST_BYTES) throw new FootfallError('request.too_large', { limit: MOST_BYTES });
    };
    for (const { value, pointer } of messages) {
      const from = lines.length;
      const drafts: Draft[] = [];
      if (isObject(value)) {
        const whole = isObject(body) ? body : {};
        for (const draft of this.#form.events({ value, pointer, body: whole }, { arrival, kind })) {
          drafts.push(draft);
          add(draft.line());
        }
      } else add(JSON.stringify(value));
      placed.push({
        from,
        rows: lines.length - from,
        pointer: (item, field) => drafts[item]?.pointerOf(field) ?? pointer,
      });
    }
    const parsed = this.#parser.parse(new TextEncoder().encode(lines.join('\n')), arrival);
    if (parsed === null) return null;
    return { ...parsed, messages: placed, ...(this.#form.estimatesTimes ? { estimatedTimes: true } : {}) };
  }
}
