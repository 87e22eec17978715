import { type Command, Option } from 'commander';

/** Options of questions that are answered by calendar period. */
export const withPeriods = (command: Command): Command =>
  command
    .addOption(
      new Option('--interval <unit>', 'length of a period').choices(['hour', 'day', 'week', 'month']).default('day'),
    )
    .option('--zone <name>', "time zone that periods follow (default: the shop's)");
