/** Words that only control a script. */
const control = new Set(['for', 'do', 'done', 'cd']);

/**
 * The commands of a shell script as lists of arguments, without comments, assignments of variables and loops. Quotes
 * are removed, variables stay as they are.
 */
export function shellCommands(script: string): string[][] {
  return script
    .replaceAll('\\\n', ' ')
    .split('\n')
    .flatMap((line) => {
      const commands: string[][] = [[]];
      for (const [word, double, single] of line.matchAll(/"([^"]*)"|'([^']*)'|[^\s;&]+|&&|;/g)) {
        if (word.startsWith('#')) break;
        if (word === '&&' || word === ';') commands.push([]);
        else commands.at(-1)?.push(double ?? single ?? word);
      }
      return commands;
    })
    .map((command) => command.slice(command.findIndex((word) => !/^[A-Za-z_]+=/.test(word))))
    .filter(([program]) => program !== undefined && !control.has(program) && !/^[a-z_]+=/.test(program));
}
