/**
 * One line of JSON per happening, on standard output. Lines carry routes, not
 * addresses: a path may hold a session id and a query an e-mail address, and
 * neither belongs in a log.
 */

export type LogFields = Record<string, string | number | boolean | null>;

export interface Logger {
  info(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** A logger that writes lines to `write`; tests hand in a collector. */
export function createLogger(write: (line: string) => void): Logger {
  const line = (level: string, message: string, fields: LogFields = {}): void => {
    write(JSON.stringify({ at: new Date().toISOString(), level, message, ...fields }));
  };
  return {
    info: (message, fields) => line("info", message, fields),
    error: (message, fields) => line("error", message, fields),
  };
}

/** Says nothing; for tests. */
export const silentLogger: Logger = { info: () => {}, error: () => {} };
