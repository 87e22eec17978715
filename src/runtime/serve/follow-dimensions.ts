import { watchConfiguredDimensions } from '../configured-dimensions.ts';
import type { Serving } from './serving.ts';

/** Dimension files of the configuration, loaded again when they change. */
export async function followDimensions({ open, config, ending, sayError }: Serving): Promise<void> {
  const watch = await watchConfiguredDimensions(open, config, sayError);
  ending.defer(() => watch.stop());
}
