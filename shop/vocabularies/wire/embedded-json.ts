import { member, parseWire, textOf, type WireObject, type WireValue } from '../../../src/source/wire/wire-value.ts';

/**
 * JSON that stands in a text of a message, plain or in base64 (of either alphabet).
 * @returns the name that it was found under, and the value; undefined where there is none or it is no JSON
 */
export function embeddedJson(
  message: WireObject,
  plain: string,
  packed: string,
): readonly [name: string, value: WireValue | undefined] {
  const text = textOf(member(message, plain));
  if (text !== undefined) return [plain, parseWire(new TextEncoder().encode(text))];
  const base64 = textOf(member(message, packed));
  return [packed, base64 === undefined ? undefined : parseWire(Buffer.from(base64, 'base64'))];
}
