/** The environment for a process of a benchmark: this process's own with these changes. */
export function environmentWith(changes: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { ...process.env, ...changes }
}

/** A PostgreSQL server, by one of its databases, and a NATS server. */
export type Servers = { readonly postgres: string; readonly nats: string }

/** The servers that DATABASE_URL and EVENT_BUS name; null unless both do. */
export function namedServers(): Servers | null {
  const { DATABASE_URL: postgres, EVENT_BUS: nats } = process.env
  return postgres && nats ? { postgres, nats } : null
}
