/**
 * `kept` loses no acknowledged row. `killable` loses none when its processes are killed, but may when the machine stops: it starts again
 * at once. `scratch` is for tests, and is deleted at the end.
 */
export type Durability = 'kept' | 'killable' | 'scratch'

// For a laptop that runs the whole shop: five databases and their pools in some 180 MB.
const always = {
  listen_addresses: '127.0.0.1',
  max_connections: '160',
  shared_buffers: '48MB',
  max_wal_size: '256MB',
  // There is no standby, and a table filled in the transaction that created it then needs no WAL.
  wal_level: 'minimal',
  max_wal_senders: '0',
  // Requests are short and many: JIT and parallel workers cost more than they save.
  jit: 'off',
  max_parallel_workers_per_gather: '0',
  max_worker_processes: '2',
  autovacuum_max_workers: '2',
  autovacuum_worker_slots: '2',
  io_method: 'sync',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
}

const byDurability: Record<Durability, Record<string, string>> = {
  kept: { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' },
  killable: { fsync: 'off', synchronous_commit: 'on', full_page_writes: 'on' },
  scratch: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', autovacuum: 'off' },
}

/** The server's command-line arguments, which override its configuration file. */
export function serverSettings(durability: Durability, port: number, socketFolder: string): string[] {
  const settings = {
    ...always,
    ...byDurability[durability],
    port: String(port),
    unix_socket_directories: socketFolder,
  }
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}
