// Tested in ../../orders/prisma-client.int.test.ts: the work needs a transaction.

import type { Tx } from './database.ts'

/** The work of a transaction that runs after its commit, as a property of its client. */
export const AFTER_COMMIT = Symbol('work after the commit')

type Hooked = Tx & { readonly [AFTER_COMMIT]?: (() => void)[] }

/**
 * Runs `work` after the commit of this transaction; never if it is rolled back. The work is lost if the
 * process dies in between, so a row must record it too. It must not throw.
 * @returns false if the client has no such hook: then `work` does not run
 */
export function onCommit(tx: Hooked, work: () => void): boolean {
  const { [AFTER_COMMIT]: list } = tx
  list?.push(work)
  return list !== undefined
}

/** Whether the client of a transaction has the hook of `onCommit`. */
export function hasOnCommit(tx: Hooked): boolean {
  return tx[AFTER_COMMIT] !== undefined
}
