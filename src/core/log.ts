// The logging port. Messages are English and redacted by whoever implements it.

export interface Log {
  debug(message: string): void
  info(message: string): void
  warn(message: string): void
  error(message: string): void
}
