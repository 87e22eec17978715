import fc from 'fast-check';

/** As much of JSON Schema as the server's document uses. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: boolean | JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly default?: unknown;
}

const MOST_ITEMS = 4;

/**
 * Values that a schema allows. Texts without a pattern are mostly words that mean something to the server: what is
 * refused at the door says nothing about what lies behind it.
 */
export function valuesOf(schema: JsonSchema, words: readonly string[]): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) return fc.oneof(...alternatives.map((each) => valuesOf(each, words)));
  if (schema.allOf !== undefined)
    return fc.tuple(...schema.allOf.map((each) => valuesOf(each, words))).map((parts) => Object.assign({}, ...parts));
  const types = Array.isArray(schema.type) ? (schema.type as readonly string[]) : [schema.type as string | undefined];
  return fc.oneof(...types.map((type) => ofType(type, schema, words)));
}

function ofType(type: string | undefined, schema: JsonSchema, words: readonly string[]): fc.Arbitrary<unknown> {
  switch (type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return integers(schema);
    case 'number':
      return fc.oneof(integers(schema), fc.double({ noNaN: true, ...bounds(schema) }));
    case 'string':
      return texts(schema, words);
    case 'array':
      return arrays(schema, words);
    case 'object':
      return objects(schema, words);
    default:
      return fc.oneof(fc.constantFrom(...words), fc.jsonValue());
  }
}

const bounds = ({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema) => ({
  min: Math.max(minimum ?? exclusiveMinimum ?? -1e15, -1e15),
  max: Math.min(maximum ?? exclusiveMaximum ?? 1e15, 1e15),
});

function integers(schema: JsonSchema): fc.Arbitrary<number> {
  const { min, max } = bounds(schema);
  const small = { min: Math.ceil(min), max: Math.min(Math.floor(max), Math.max(Math.ceil(min), 0) + 100) };
  return fc.oneof(
    fc.integer(small),
    fc.maxSafeInteger().map((n) => Math.min(Math.max(n, small.min), Math.floor(max))),
  );
}

function texts(
  { pattern, minLength = 0, maxLength = 200 }: JsonSchema,
  words: readonly string[],
): fc.Arbitrary<string> {
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern, 'u'));
  const fits = words.filter(({ length }) => length >= minLength && length <= maxLength);
  const random = fc.string({ unit: 'binary', minLength, maxLength: Math.min(maxLength, minLength + 20) });
  return fits.length === 0
    ? random
    : fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...fits) }, { weight: 1, arbitrary: random });
}

function arrays(
  { items, prefixItems, minItems = 0, maxItems }: JsonSchema,
  words: readonly string[],
): fc.Arbitrary<unknown> {
  if (prefixItems !== undefined) return fc.tuple(...prefixItems.map((each) => valuesOf(each, words)));
  const each = typeof items === 'object' ? valuesOf(items, words) : fc.jsonValue();
  return fc.array(each, {
    minLength: minItems,
    maxLength: Math.min(maxItems ?? MOST_ITEMS, Math.max(minItems, MOST_ITEMS)),
  });
}

function objects(schema: JsonSchema, words: readonly string[]): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], additionalProperties } = schema;
  const declared = fc.record(
    Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, valuesOf(each, words)])),
    { requiredKeys: [...required] },
  );
  if (typeof additionalProperties !== 'object') return declared;
  const others = fc.dictionary(fc.constantFrom(...words), valuesOf(additionalProperties, words), {
    maxKeys: MOST_ITEMS,
  });
  return fc.tuple(others, declared).map(([more, own]) => ({ ...more, ...own }));
}
