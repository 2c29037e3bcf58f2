// Tested in ../../../dev/test/prisma-later.int.test.ts: it shows in PostgreSQL's settings.

import type { Tx } from './database.ts'

/** The function that lets a transaction commit without a wait for the disk, as a property of its client. */
export const UNFLUSHED = Symbol('commit without a wait for the disk')

/**
 * Lets this transaction commit before PostgreSQL has written its log to the disk. If the server stops within the next second, it may lose the
 * transaction, and with it each later one. So use it only where the work is done again in that case. A transaction with work for after its commit
 * (`onCommit`) waits for the disk all the same: that work may reach other systems, which do not forget.
 */
export function commitUnflushed(tx: Tx & { readonly [UNFLUSHED]?: () => void }): void {
  tx[UNFLUSHED]?.()
}
