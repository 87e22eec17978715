import { FootfallError } from '../../core/errors/footfall-error.ts';
import { watchConfiguredDimensions } from '../configured-dimensions.ts';
import type { Serving } from './serving.ts';

/** Dimension files of the configuration, loaded again when they change. */
export async function followDimensions({ open, config, ending, say }: Serving): Promise<void> {
  const watch = await watchConfiguredDimensions(open, config, (error) => say(FootfallError.from(error).render()));
  ending.defer(() => watch.stop());
}
