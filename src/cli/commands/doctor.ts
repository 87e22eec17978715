import { Command } from 'commander';
import { EXIT } from '../../core/errors/exit-code.ts';
import { diagnose } from '../../runtime/diagnosis.ts';
import { action, examples, type Invocation, withSettings } from '../invocation.ts';
import type { Style } from '../output/terminal.ts';
import { padEnd } from '../output/width.ts';

const STYLE: Readonly<Record<'ok' | 'warn' | 'fail', Style>> = { ok: 'green', warn: 'yellow', fail: 'red' };

export const doctorCommand = (): Command =>
  withSettings(
    examples(
      new Command('doctor')
        .description('look at everything that has to be right; exit code 1 when something is not')
        .action(action<object>(run)),
      'doctor',
      'doctor --data ./shop --json',
    ),
  );

async function run({ shop, json, terminal }: Invocation): Promise<number> {
  const findings = await diagnose(shop);
  if (json) await terminal.out(`${JSON.stringify(findings, null, 2)}\n`);
  else {
    const width = Math.max(...findings.map(({ check }) => check.length));
    const lines = findings.flatMap(({ check, verdict, found, hint }) => [
      `${terminal.paint(STYLE[verdict], padEnd(verdict, 4))}  ${padEnd(check, width)}  ${found}`,
      ...(hint === null ? [] : [`${' '.repeat(width + 8)}next: ${hint}`]),
    ]);
    await terminal.out(`${lines.join('\n')}\n`);
  }
  return findings.some(({ verdict }) => verdict === 'fail') ? EXIT.failed.code : EXIT.ok.code;
}
