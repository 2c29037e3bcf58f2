// Tested in ../../../dev/test/prisma-later.int.test.ts: a statement shows in its transaction.

import type { Tx } from './database.ts'

/** A statement whose outcome nobody reads. */
export type LaterStatement = {
  readonly text: string
  readonly values: readonly unknown[]
  /** Called when PostgreSQL has executed it. */
  readonly onDone?: (() => void) | undefined
}

/** The statements that wait in a transaction. */
export type Later = {
  add(statement: LaterStatement): void
  /** Executes those that wait. */
  send(): Promise<void>
}

/** The statements that wait, as a property of the client of a transaction. */
export const LATER = Symbol('statements for later')

type Waiting = Tx & { readonly [LATER]?: Later }

/** The text and the values of a statement, as `Prisma.sql` has them. */
type Sql = { readonly text: string; readonly values: readonly unknown[] }

/**
 * Executes a statement whose outcome nobody reads in one message to PostgreSQL with the next statement of its transaction, or with COMMIT. If it
 * fails, so does that next statement or the transaction. Other clients than those of a transaction execute it at once.
 */
export async function executeLater(tx: Waiting, { text, values }: Sql, onDone?: () => void): Promise<void> {
  const { [LATER]: later } = tx
  if (later) return later.add({ text, values, onDone })
  await tx.$executeRawUnsafe(text, ...values)
  onDone?.()
}

/** Executes the statements of `executeLater` that still wait. */
export async function executeWaiting(tx: Waiting): Promise<void> {
  await tx[LATER]?.send()
}
