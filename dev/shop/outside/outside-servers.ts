import path from 'node:path'
import { root } from '../../repository.ts'

/** A simulated external server that one subgraph calls and is called by. It has a database of its own. */
type OutsideServer = { readonly name: string; readonly subgraph: string; readonly migrations: string }

const migrationsAt = (folder: string) => path.join(root, 'subgraphs', folder, 'migrations')

export const OUTSIDE: readonly OutsideServer[] = [
  {
    name: 'sandbox_gateway',
    subgraph: 'payments',
    migrations: migrationsAt('payments/sandbox-gateway'),
  },
  { name: 'carrier', subgraph: 'shipping', migrations: migrationsAt('shipping/simulated-carrier') },
]

/** An address on which no server listens: calls fail and are repeated. */
export const NOBODY = 'http://127.0.0.1:9'

/** The databases of these subgraphs, and of the external servers that they call. */
export function databasesOf(subgraphs: readonly string[]): readonly string[] {
  const called = OUTSIDE.filter(({ subgraph }) => subgraphs.includes(subgraph))
  return [...subgraphs, ...called.map(({ name }) => name)]
}

/** The folder of the migrations of a database. */
export function migrationsOf(database: string): string {
  const server = OUTSIDE.find(({ name }) => name === database)
  return server?.migrations ?? path.join(root, 'prisma', database, 'migrations')
}
