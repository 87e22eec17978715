import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { version as duckdbVersion } from '@duckdb/node-api';
import type { BenchOptions } from './options.ts';

const RESULTS = join(import.meta.dirname, '..', 'RESULTS.md');

/** One goal of the table of goals, and what was measured. */
export interface Verdict {
  /** Number of the goal, such as `S1`. */
  readonly goal: string;
  readonly wanted: string;
  readonly measured: string;
  readonly met: boolean;
}

export interface Report {
  /** Names the section in RESULTS.md: a second run replaces it. */
  readonly section: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  readonly verdicts: readonly Verdict[];
  readonly notes?: readonly string[];
  /** The object of `--json`. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** Prints the report; with `--record` puts it in RESULTS.md, with `--json` ends with one line of JSON. */
export function publish(report: Report, options: BenchOptions): void {
  const text = markdown(report, options);
  console.log(text);
  if (options.record) record(report.section, text);
  if (options.json) console.log(JSON.stringify(report.json));
}

function markdown({ section, columns, rows, verdicts, notes = [] }: Report, options: BenchOptions): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [
    `## ${section}`,
    '',
    `\`${options.command}\`: seed ${options.seed}, ${options.rounds} rounds, ${machine()}`,
    '',
    line(columns),
    line(columns.map(() => '---')),
    ...rows.map(line),
    '',
    ...verdicts.map(
      ({ goal, wanted, measured, met }) => `- **${goal}** ${met ? 'met' : '**not met**'}: ${measured} (goal ${wanted})`,
    ),
    ...notes.map((note) => `- ${note}`),
  ].join('\n');
}

/** The machine and the versions that a figure belongs to. */
export function machine(): string {
  const [first] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} x ${first?.model.trim() ?? 'unknown'}, ${memory} GiB, Node ${process.versions.node}, DuckDB ${duckdbVersion()}`;
}

function record(section: string, text: string): void {
  const before = existsSync(RESULTS) ? readFileSync(RESULTS, 'utf8') : '# Results\n';
  writeFileSync(RESULTS, withSection(before, section, text));
}

/** The document with the section replaced, or added at its end. */
export function withSection(document: string, section: string, text: string): string {
  const parts = document.split(/^(?=## )/m).map((part) => part.trimEnd());
  const at = parts.findIndex((part) => part.split('\n', 1)[0] === `## ${section}`);
  if (at === -1) parts.push(text);
  else parts[at] = text;
  return `${parts.join('\n\n')}\n`;
}
