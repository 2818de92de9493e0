export type LogLevel = 'info' | 'warn' | 'error';

/** Logs an event with its fields. */
export type Log = (level: LogLevel, event: string, fields?: Readonly<Record<string, unknown>>) => void;

/**
 * Creates a log of JSON lines: `{"time": ISO 8601, "level", "event", …}`.
 * @param write Called with each line, including its line break.
 */
export function jsonLog(write: (line: string) => void): Log {
  return (level, event, fields) => {
    write(`${JSON.stringify({ time: new Date().toISOString(), level, event, ...fields })}\n`);
  };
}
