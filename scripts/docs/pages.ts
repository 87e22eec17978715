import { columnsPage } from './columns-page.ts';
import { configurationPage } from './configuration-page.ts';
import { errorsPage } from './errors-page.ts';

/** A page of the documentation that is made from code. */
export interface GeneratedPage {
  /** From the root of the repository. */
  readonly path: string;
  /** The whole page; the same on every machine. */
  readonly render: () => string;
}

/** To add a page, add a line here and run `npm run docs`. */
export const GENERATED_PAGES: readonly GeneratedPage[] = [
  { path: 'docs/columns.md', render: columnsPage },
  { path: 'docs/configuration.md', render: configurationPage },
  { path: 'docs/errors.md', render: errorsPage },
];
