import { Command } from 'commander';
import type { RepairRule } from '../../core/repair-rule.ts';
import type { RepairReport } from '../../runtime/operations/repair.ts';
import { perform } from '../../runtime/perform.ts';
import { parseSteps, stepText } from '../../source/repair/parse-step.ts';
import { action, examples, type Invocation, withSettings } from '../invocation.ts';
import { grouped } from '../output/quantity.ts';
import { recordLines } from '../output/table.ts';
import { cutTo, visible } from '../output/width.ts';
import { wholeNumber } from '../parse-option.ts';

interface RepairOptions {
  readonly rule: readonly string[];
  readonly dryRun?: boolean;
}

/** Characters of a row that are shown. */
const SHOWN = 200;

/** What can be done about refused events: groups, repair, undo, history. */
export const repairCommands = (): readonly Command[] => [
  withSettings(
    examples(
      new Command('groups')
        .description('refused events that are alike: one reason, at one place, written in one way')
        .action(action<object>(listGroups)),
      'quarantine groups',
      'quarantine groups --json',
    ),
  ),
  withSettings(
    examples(
      new Command('repair')
        .description('put refused events right by a rule: they become events of the time and place that they came from')
        .argument('<group>', 'a group, or a reason such as event.price_number')
        .requiredOption(
          '--rule <step>',
          'rename FIELD=NEW, drop FIELD, default FIELD=VALUE, map FIELD:OLD=NEW, cast FIELD=FORM, or JSON; several are applied in their order',
          (step: string, before: readonly string[] = []) => [...before, step],
        )
        .option('--dry-run', 'only show what would become of them, and which views and days would change')
        .action(action<RepairOptions>(repair)),
      "quarantine repair event.price_number --rule 'cast price=decimal-comma' --dry-run",
      "quarantine repair 3f2a91c0 --rule 'rename typ=event_type' --rule 'map event_type:Kauf=purchase'",
    ),
  ),
  withSettings(
    examples(
      new Command('undo')
        .description('take a repair back: its events leave, and rows say what they said')
        .argument('<repair>', 'its number', wholeNumber)
        .action(action<object>(undo)),
      'quarantine undo 3',
    ),
  ),
  withSettings(
    examples(
      new Command('history').description('repairs, and those that were taken back').action(action<object>(history)),
      'quarantine history',
    ),
  ),
];

async function listGroups({ shop, json, terminal }: Invocation): Promise<void> {
  const groups = await perform(shop, 'quarantine-groups', {});
  if (json) return terminal.out(`${JSON.stringify(groups, null, 2)}\n`);
  if (groups.length === 0) return terminal.out('no event was refused\n');
  const shown = groups.map(({ group, code, pointer, vocabulary, format, events, repairable, repaired, sample }) => ({
    group,
    code,
    pointer,
    source: vocabulary === null ? '' : `${vocabulary} ${format}`,
    events,
    repairable,
    repaired,
    sample: cutTo(visible(sample.message), 60),
  }));
  return terminal.out(`${recordLines(shown, (text) => terminal.paint('bold', text)).join('\n')}\n`);
}

async function repair(
  { shop, json, terminal }: Invocation,
  [asked = '']: readonly string[],
  { rule: steps, dryRun = false }: RepairOptions,
): Promise<void> {
  const rule: RepairRule = steps.flatMap(parseSteps);
  const target = { ...(asked.includes('.') ? { code: asked } : { group: asked }), rule: [...rule] };
  const report = await perform(shop, dryRun ? 'try-repair' : 'repair', target);
  if (json) return terminal.out(`${JSON.stringify(report, null, 2)}\n`);
  return terminal.out(`${reportLines(report, (text) => terminal.paint('bold', text)).join('\n')}\n`);
}

function reportLines(report: RepairReport, bold: (text: string) => string): string[] {
  const { rows, passed, copies, failed, samples, views } = report;
  const copied = copies === 0 ? '' : `, ${grouped(copies)} of them copies of known ones`;
  const days = [...new Set(views.flatMap((each) => each.days))].sort();
  return [
    report.repair === null
      ? bold(`${grouped(passed)} of ${grouped(rows)} refused events would pass${copied}; nothing was changed`)
      : bold(`${grouped(passed)} of ${grouped(rows)} refused events pass now${copied}: repair ${report.repair}`),
    ...failed.map(
      ({ code, pointer, events, message }) =>
        `  ${grouped(events)} refused still: ${code}${pointer === '' ? '' : ` ${pointer}`}, ${cutTo(visible(message), SHOWN)}`,
    ),
    ...samples.flatMap(({ path, position, before, after, message }) => [
      '',
      visible(`${path ?? 'row'} at ${position}${message === null ? '' : `: ${message}`}`),
      `  - ${cutTo(visible(before), SHOWN)}`,
      `  + ${cutTo(visible(after), SHOWN)}`,
    ]),
    ...(views.length === 0
      ? []
      : ['', `${days.length === 1 ? 'day' : 'days'} ${span(days)} in ${views.map(({ view }) => view).join(', ')}`]),
    ...(report.repair === null || passed === 0
      ? []
      : ['', `next: footfall quarantine undo ${report.repair} takes it back`]),
  ];
}

const span = (days: readonly string[]): string =>
  days.length <= 3 ? days.join(', ') : `${days[0]} to ${days.at(-1)} (${days.length})`;

async function undo({ shop, json, terminal }: Invocation, [number = '0']: readonly string[]): Promise<void> {
  const outcome = await perform(shop, 'undo-repair', { repair: Number(number) });
  if (json) return terminal.out(`${JSON.stringify(outcome, null, 2)}\n`);
  return terminal.out(`${grouped(outcome.rows)} events are refused again\n`);
}

async function history({ shop, json, terminal }: Invocation): Promise<void> {
  const all = await perform(shop, 'repairs', {});
  if (json) return terminal.out(`${JSON.stringify(all, null, 2)}\n`);
  if (all.length === 0) return terminal.out('nothing was repaired\n');
  const shown = all.map(({ rule, undone, ...entry }) => ({
    ...entry,
    undone: undone === null ? '' : `by ${undone}`,
    rule: rule.map(stepText).join('; '),
  }));
  return terminal.out(`${recordLines(shown, (text) => terminal.paint('bold', text)).join('\n')}\n`);
}
