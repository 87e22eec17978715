/** What Stryker writes, as far as it is read here. */
export interface MutationReport {
  readonly files: Readonly<
    Record<
      string,
      {
        readonly source: string;
        readonly mutants: readonly {
          readonly mutatorName: string;
          readonly replacement?: string;
          readonly status: string;
          readonly location: {
            readonly start: { readonly line: number; readonly column: number };
            readonly end: { readonly line: number; readonly column: number };
          };
        }[];
      }
    >
  >;
}

const NOTICED = new Set(['Killed', 'Timeout', 'RuntimeError', 'CompileError']);
const UNNOTICED = new Set(['Survived', 'NoCoverage']);

const percent = (part: number, whole: number): string => (whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`);
const short = (text: string): string => {
  const line = text.replaceAll(/\s+/g, ' ').replaceAll('`', "'");
  return line.length > 70 ? `${line.slice(0, 67)}...` : line;
};

/** The page of a run: how many changes were noticed in each file, and each that was not with its place. */
export function mutationPage({ files }: MutationReport): { readonly page: string; readonly summary: string } {
  const rows: string[] = [];
  const survivors: string[] = [];
  let [all, killed] = [0, 0];
  for (const [path, { source, mutants }] of Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const noticed = mutants.filter(({ status }) => NOTICED.has(status)).length;
    const missed = mutants.filter(({ status }) => UNNOTICED.has(status));
    if (noticed + missed.length === 0) continue;
    all += noticed + missed.length;
    killed += noticed;
    rows.push(`| ${path} | ${noticed + missed.length} | ${noticed} | ${percent(noticed, noticed + missed.length)} |`);
    const lines = source.split('\n');
    for (const { location, mutatorName, replacement, status } of missed) {
      const { start, end } = location;
      const first = lines[start.line - 1] ?? '';
      const text =
        start.line === end.line ? first.slice(start.column - 1, end.column - 1) : first.slice(start.column - 1);
      const note = status === 'NoCoverage' ? ', no test comes by' : '';
      survivors.push(
        `- ${path}:${start.line} ${mutatorName}: \`${short(text)}\` -> \`${short(replacement ?? '')}\`${note}`,
      );
    }
  }
  const summary = `${killed} of ${all} changes were noticed: ${percent(killed, all)}`;
  const page = [
    '# Mutation report',
    '',
    'Made by `npm run mutation`: every small change to the code below that no test notices. Written, not edited.',
    '',
    `**${summary}.**`,
    '',
    '| file | changes | noticed | share |',
    '|---|---|---|---|',
    ...rows,
    '',
    '## Not noticed',
    '',
    ...survivors,
    '',
  ].join('\n');
  return { page, summary };
}
