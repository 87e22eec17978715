import { z } from 'zod';
import { catalogFor } from '../../shop/views/catalog.ts';
import { type Config, SETTINGS } from '../config/settings.ts';
import { FootfallError } from '../core/errors/footfall-error.ts';
import type { Definitions } from '../engine/definitions/definitions.ts';
import { chooseViews } from '../view/choose-views.ts';
import { allViews } from '../view/own-views.ts';

/** Settings that definitions are made of, each in place of the configured one. */
export const declarationInput = z
  .object({
    zone: z.string().describe('IANA name of a time zone'),
    gap: z.string().describe('inactivity that ends a session, such as 30m'),
    catalog: z.array(z.string()).describe('views of the catalogue to keep, or whole kits; all = every one'),
    views: z.array(z.unknown()).describe("the shop's own views, each as view() takes it"),
  })
  .partial();

export type DeclarationInput = z.infer<typeof declarationInput>;

/**
 * What a shop declares: its configuration, but for what is given otherwise.
 * @throws FootfallError `config.invalid`, `view.compile`
 */
export function declaredDefinitions(config: Config, { zone, gap, catalog, views }: DeclarationInput): Definitions {
  const length = gap === undefined ? config.gap : parsed('gap', SETTINGS.gap.schema, gap);
  return {
    zone: zone === undefined ? config.zone : parsed('zone', SETTINGS.zone.schema, zone),
    views: allViews(chooseViews(catalogFor(length), catalog ?? config.catalog), views ?? config.views, 'views'),
  };
}

function parsed<T>(name: string, schema: z.ZodType<T>, value: string): T {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const reason = error.issues.map(({ message }) => message).join(', ');
  throw new FootfallError('config.invalid', { problems: `${name}: "${value}" ${reason}` });
}
