/** How a server is meant to be used: `kept` loses no acknowledged row; `scratch` is for tests, thrown away at the end. */
export type Durability = 'kept' | 'scratch'

// Sized for a laptop that runs the whole shop: five databases and their pools in some 180 MB.
const always = {
  listen_addresses: '127.0.0.1',
  max_connections: '160',
  shared_buffers: '48MB',
  max_wal_size: '256MB',
  // No standby reads this log, and a table filled in the transaction that made it then needs none.
  wal_level: 'minimal',
  max_wal_senders: '0',
  // Requests are short and many: helpers and compiled plans cost more here than they bring.
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
  scratch: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', autovacuum: 'off' },
}

/** The server's command-line arguments, which stand above its configuration file. */
export function serverSettings(durability: Durability, port: number, socketFolder: string): string[] {
  const settings = {
    ...always,
    ...byDurability[durability],
    port: String(port),
    unix_socket_directories: socketFolder,
  }
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}
