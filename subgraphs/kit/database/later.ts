// Tested in ../../orders/prisma-later.int.test.ts: the test checks its transaction.

import type { Tx } from './database.ts'

/** A statement whose result is not needed. */
export type LaterStatement = {
  readonly text: string
  readonly values: readonly unknown[]
  /** Called when PostgreSQL has executed it. */
  readonly onDone?: (() => void) | undefined
}

/** The statements of a transaction that are not sent yet. */
export type Later = {
  add(statement: LaterStatement): void
  /** Sends them. */
  send(): Promise<void>
}

/** The statements that are not sent yet, as a property of the client of a transaction. */
export const LATER = Symbol('statements for later')

type Waiting = Tx & { readonly [LATER]?: Later }

/** The text and the values of a statement, as `Prisma.sql` has them. */
type Sql = { readonly text: string; readonly values: readonly unknown[] }

/**
 * Sends a statement whose result is not needed together with the next statement of its transaction, or with
 * COMMIT, as one message to PostgreSQL. If it fails, that next statement or the transaction fails. A client
 * outside a transaction executes it at once.
 */
export async function executeLater(tx: Waiting, { text, values }: Sql, onDone?: () => void): Promise<void> {
  const { [LATER]: later } = tx
  if (later) return later.add({ text, values, onDone })
  await tx.$executeRawUnsafe(text, ...values)
  onDone?.()
}

/** Sends the statements of `executeLater` that are not sent yet. */
export async function executeWaiting(tx: Waiting): Promise<void> {
  await tx[LATER]?.send()
}
