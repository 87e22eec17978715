import type { RowShape } from '../../core/row-shape.ts';
import type { RecognisedFile } from './open-partition.ts';

/** What has to be kept of a file to read one of its rows again by itself. */
export const rowShape = ({ format, columns, numeric, mapping }: RecognisedFile): RowShape => ({
  format: format === 'ndjson' ? 'ndjson' : 'csv',
  columns,
  numeric,
  vocabulary: mapping.shape,
  fields: mapping.fields,
  types: mapping.types,
  type: mapping.type,
});
