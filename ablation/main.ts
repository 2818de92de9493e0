/** `npm run ablation -- NAME`: see `ablationCommand`. */
import { exitCodeOf, reportFailure } from '../src/cli/terminal/failure.ts';
import { ablationCommand } from './command.ts';

try {
  await ablationCommand().parseAsync();
} catch (error) {
  reportFailure(error);
  process.exitCode = exitCodeOf(error);
}
