import { type ExportBegun, type ExportInput, exportInput, exportRows } from '../export/export-rows.ts';
import { operation } from '../operation.ts';

/** Bytes of a file, as text that JSON can carry. */
export interface ExportPart {
  readonly base64: string;
}

/** All rows of a view, or of a SELECT, as a file. */
export const exportFile = operation<ExportInput, ExportPart, ExportBegun>({
  audit: () => 'export',
  input: exportInput,
  streams: true,
  run: (open, input, emit) =>
    exportRows(open, input, {
      begin: () => undefined,
      write: async (bytes) => emit({ base64: Buffer.from(bytes).toString('base64') }),
    }),
});
