import type { ErrorEntry } from '../error-entry.ts';
import { ACCESS_ERRORS } from './access-errors.ts';
import { ERASE_ERRORS } from './erase-errors.ts';
import { EVENT_ERRORS } from './event-errors.ts';
import { IMPORT_ERRORS } from './import-errors.ts';
import { PEOPLE_ERRORS } from './people-errors.ts';
import { REPAIR_ERRORS } from './repair-errors.ts';
import { RUN_ERRORS } from './run-errors.ts';
import { SERVER_ERRORS } from './server-errors.ts';
import { SINK_ERRORS } from './sink-errors.ts';
import { SOURCE_ERRORS } from './source-errors.ts';
import { STORE_ERRORS } from './store-errors.ts';
import { USAGE_ERRORS } from './usage-errors.ts';
import { VOCABULARY_ERRORS } from './vocabulary-errors.ts';

/** Every way in which Footfall says no. `docs/errors.md` is made from it. */
export const CATALOGUE = {
  ...ACCESS_ERRORS,
  ...ERASE_ERRORS,
  ...EVENT_ERRORS,
  ...IMPORT_ERRORS,
  ...REPAIR_ERRORS,
  ...PEOPLE_ERRORS,
  ...SINK_ERRORS,
  ...SOURCE_ERRORS,
  ...RUN_ERRORS,
  ...SERVER_ERRORS,
  ...USAGE_ERRORS,
  ...STORE_ERRORS,
  ...VOCABULARY_ERRORS,
} satisfies Readonly<Record<string, ErrorEntry>>;

export type ErrorCode = keyof typeof CATALOGUE;

type Placeholders<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;
type Required<Names extends string> = Names extends `${string}?` ? never : Names;
type Texts<C extends ErrorCode> = `${(typeof CATALOGUE)[C]['message']}${(typeof CATALOGUE)[C]['hint']}`;

/** What an error of code `C` has to be told: a value for each placeholder of its texts. More may be given. */
export type ErrorParams<C extends ErrorCode> = Readonly<
  Record<Required<Placeholders<Texts<C>>>, string | number> & Record<string, string | number>
>;
