import { Command } from 'commander';
import { didYouMean } from '../../core/did-you-mean.ts';
import { CATALOGUE, type ErrorCode } from '../../core/errors/catalogue/catalogue.ts';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import type { QuarantineSample } from '../../runtime/operations/quarantine.ts';
import { perform } from '../../runtime/perform.ts';
import { action, examples, type Invocation, withSettings } from '../invocation.ts';
import { grouped } from '../output/quantity.ts';
import { recordLines } from '../output/table.ts';
import { cutTo, visible } from '../output/width.ts';
import { wholeNumber } from '../parse-option.ts';
import { repairCommands } from './repair.ts';

interface ShowOptions {
  readonly limit: number;
}

export const quarantineCommand = (): Command => {
  const list = withSettings(
    new Command('list').description('how many events were refused, by reason').action(action<object>(listCodes)),
  );
  const show = withSettings(
    examples(
      new Command('show')
        .description('refused events of one reason, as they came')
        .argument('<code>', 'such as event.price_negative, or a group')
        .option('--limit <n>', 'at most so many', wholeNumber, 10)
        .action(action<ShowOptions>(showCode)),
      'quarantine show event.columns --limit 3',
    ),
  );
  const command = new Command('quarantine')
    .description('refused events: list, show, groups; repair, undo, history')
    .addCommand(list, { isDefault: true })
    .addCommand(show);
  for (const each of repairCommands()) command.addCommand(each);
  return examples(
    command,
    'quarantine',
    'quarantine show event.price_negative --json',
    "quarantine repair event.price_number --rule 'cast price=decimal-comma' --dry-run",
  );
};

const isCode = (text: string): text is ErrorCode => Object.hasOwn(CATALOGUE, text);

async function listCodes({ shop, json, terminal }: Invocation): Promise<void> {
  const { codes } = await perform(shop, 'quarantine', {});
  if (json) return terminal.out(`${JSON.stringify(codes, null, 2)}\n`);
  if (codes.length === 0) return terminal.out('no event was refused\n');
  const shown = codes.map(({ code, events, last_arrival }) => ({
    code,
    events,
    last_arrival,
    why: isCode(code) ? CATALOGUE[code].message : '',
  }));
  return terminal.out(`${recordLines(shown, (text) => terminal.paint('bold', text)).join('\n')}\n`);
}

async function showCode(
  { shop, json, terminal }: Invocation,
  [asked = '']: readonly string[],
  { limit }: ShowOptions,
): Promise<void> {
  const group = /^[0-9a-f]{8}$/.test(asked) ? asked : undefined;
  const found = group === undefined ? undefined : await perform(shop, 'quarantine', { group, limit });
  if (group !== undefined && found?.codes.length === 0) throw new FootfallError('repair.group', { group });
  const code = found?.codes[0]?.code ?? asked;
  if (!isCode(code)) {
    throw new FootfallError('cli.usage', {
      reason: `there is no reason ${code}${didYouMean(code, Object.keys(CATALOGUE))}`,
      command: 'quarantine show',
    });
  }
  const { codes, samples } = found ?? (await perform(shop, 'quarantine', { code, limit }));
  if (json) return terminal.out(`${JSON.stringify({ code, events: codes[0]?.events ?? 0, samples }, null, 2)}\n`);
  const { message, hint } = CATALOGUE[code];
  const lines = [
    `${terminal.paint('bold', code)}  ${grouped(codes[0]?.events ?? 0)} events: ${message}`,
    `next: ${hint}`,
    ...samples.flatMap((sample) => ['', ...sampleLines(sample)]),
  ];
  return terminal.out(`${lines.join('\n')}\n`);
}

function sampleLines({ path, partition, position, pointer, message, bytes, repaired }: QuarantineSample): string[] {
  const text = Buffer.from(bytes, 'base64')
    .toString('utf8')
    .replace(/\r?\n$/, '');
  return [
    visible(`${path ?? partition} at ${position}${pointer === '' ? '' : `, ${pointer}`}: ${message}`) +
      (repaired === null ? '' : ` (an event by repair ${repaired})`),
    `  ${cutTo(visible(text), 400)}`,
  ];
}
