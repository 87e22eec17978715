import { failureOf } from './failure.ts';
import { program } from './program.ts';

const args = process.argv.slice(2);
const footfall = program();

// `| head` closes the pipe: what is still to be written is not wanted.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

try {
  await footfall.parseAsync(args, { from: 'user' });
} catch (error) {
  const { text, exitCode } = failureOf(error, footfall, args, args.includes('--json'));
  if (text !== null) process.stderr.write(`${text}\n`);
  process.exitCode = exitCode;
}
