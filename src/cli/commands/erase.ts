import { Command } from 'commander';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { formatInstant } from '../../core/time.ts';
import type { Certificate } from '../../runtime/erase/certificate.ts';
import { certificatePath } from '../../runtime/erase/certificate.ts';
import { perform } from '../../runtime/perform.ts';
import { action, examples, type Invocation, withSettings } from '../invocation.ts';
import { grouped } from '../output/quantity.ts';

interface EraseOptions {
  readonly person?: boolean;
  readonly remove?: boolean;
  readonly yes?: boolean;
}

export const eraseCommand = (): Command =>
  withSettings(
    examples(
      new Command('erase')
        .description(
          'erase a visitor for good, with a certificate; without --yes it is only shown what there is of them',
        )
        .argument('<visitor>', 'user id or anonymous id, as it was sent')
        .option('--person', 'everybody who is or was linked with them, too')
        .option('--remove', 'take their events out, and say what rows say without them; else they are nobody’s')
        .option('--yes', 'do it: it cannot be taken back')
        .action(action<EraseOptions>(erase)),
      'erase 541312140',
      'erase 541312140 --person --yes',
      'erase 541312140 --remove --yes --json',
    ),
  );

async function erase(
  { shop, json, terminal }: Invocation,
  [visitor = '']: readonly string[],
  { person = false, remove = false, yes = false }: EraseOptions,
): Promise<void> {
  const mode = remove ? 'remove' : 'anonymise';
  const outcome = await perform(shop, yes ? 'erase' : 'try-erasure', { visitor, person, mode }, ({ stage }) =>
    terminal.redraw(stage),
  ).finally(() => terminal.redraw(''));
  if (outcome.done) {
    const { certificate } = outcome;
    const path = certificatePath(shop.folder.path, certificate.erasure);
    if (json) return terminal.out(`${JSON.stringify(certificate, null, 2)}\n`);
    return terminal.out(`${certificateLines(certificate, path).join('\n')}\n`);
  }
  if (json) terminal.out(`${JSON.stringify({ found: outcome.found }, null, 2)}\n`);
  else terminal.out(`${outcome.found.map(({ place, rows }) => `${grouped(rows).padStart(9)}  ${place}`).join('\n')}\n`);
  throw new FootfallError('erase.confirm', {});
}

function certificateLines(certificate: Certificate, path: string): string[] {
  const { erasure, mode, recorded, finished, searched, found, files, notes } = certificate;
  return [
    `erasure ${erasure} (${mode}), begun ${formatInstant(recorded)}, finished ${formatInstant(finished)}`,
    `searched ${grouped(searched.length)} columns and files: ${grouped(found.before)} rows named the person before, ${grouped(found.after)} do now`,
    ...searched
      .filter(({ before }) => before > 0)
      .map(({ place, before, after }) => `${grouped(before).padStart(9)} to ${after}  ${place}`),
    `${grouped(files.length)} files written anew or deleted: ${files.map(({ path: name }) => name).join(', ')}`,
    ...notes.map((note) => `- ${note}`),
    `certificate: ${path}`,
  ];
}
