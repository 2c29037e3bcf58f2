import { type Connection, connectionOf, type Page } from '../schema/connection.ts'
import { newId } from '../schema/ids.ts'
import { instantCursor, readInstantCursor } from '../schema/keyset.ts'
import type { Tx } from './database.ts'

/**
 * The book of what staff changed: rows of `audit_entry` (`audit.sql`), written in the transaction of the change and never
 * altered. A change that was refused, and one that altered nothing, leave no row.
 */

/** A change to note. `before` is null for what was made, `after` for what was removed; both must survive JSON. */
export type StaffChange = {
  readonly actorId: string
  /** The mutation, e.g. `createCoupon`. */
  readonly action: string
  /** The id of what was changed. */
  readonly subjectId: string
  readonly before: unknown
  readonly after: unknown
  readonly at: Date
}

/** A noted change as the schema shows it: `before` and `after` are JSON. */
export type AuditEntry = Omit<StaffChange, 'before' | 'after'> & {
  readonly id: string
  readonly before: string | null
  readonly after: string | null
}

const RECORD = `
INSERT INTO audit_entry (id, at, actor_id, action, subject_id, before, after)
VALUES ($1, $2::timestamptz, $3, $4, $5, $6::jsonb, $7::jsonb)`

function json(value: unknown): string | null {
  if (value === null || value === undefined) return null
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner))
}

/** Notes a change, in the transaction that makes it. */
export async function recordChange(tx: Tx, change: StaffChange): Promise<void> {
  const { actorId, action, subjectId, before, after, at } = change
  const values = [newId('aud'), at.toISOString(), actorId, action, subjectId, json(before), json(after)]
  await tx.$executeRawUnsafe(RECORD, ...values)
}

const PAGE = `
SELECT id, at, actor_id AS "actorId", action, subject_id AS "subjectId", before::text, after::text
  FROM audit_entry
 WHERE ($1::text IS NULL OR subject_id = $1) AND ($2::timestamptz IS NULL OR (at, id) < ($2::timestamptz, $3))
 ORDER BY at DESC, id DESC LIMIT $4`

/**
 * A page of the book, the newest first.
 * @param subjectId only changes of this; null: of everything.
 * @throws GraphQLError BAD_USER_INPUT for a forged cursor.
 */
export async function auditConnection(
  prisma: Tx,
  page: Page,
  subjectId: string | null,
): Promise<Connection<AuditEntry>> {
  const after = readInstantCursor(page.after, 'aud')
  const place = [after?.at.toISOString() ?? null, after?.id ?? '']
  const rows = await prisma.$queryRawUnsafe<AuditEntry[]>(PAGE, subjectId, ...place, page.first + 1)
  return connectionOf(rows, page, { cursorOf: ({ at, id }) => instantCursor(at, id) })
}

/** The book as resolvers read it. */
export function auditBook(prisma: Tx) {
  return {
    page: (page: Page, subjectId: string | null) => auditConnection(prisma, page, subjectId),
  }
}

export type AuditBook = ReturnType<typeof auditBook>
