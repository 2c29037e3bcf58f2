import { badUserInput } from '../errors/errors.ts'
import { echo } from '../errors/user-errors.ts'
import { type Connection, connectionOf, type Page } from '../schema/connection.ts'
import { newId } from '../schema/ids.ts'
import { instantCursor, readInstantCursor } from '../schema/keyset.ts'
import type { Tx } from './database.ts'

/**
 * The audit log of staff changes: rows of `audit_entry` (`audit.sql`), inserted in the transaction of the
 * change and never updated. Refused changes and changes without effect are not logged.
 */

/** A change to log. `before` is null for a created row, `after` for a deleted one; both must survive JSON. */
export type StaffChange = {
  readonly actorId: string
  /** The mutation, e.g. `createCoupon`. */
  readonly action: string
  /** The id of the changed row. */
  readonly subjectId: string
  readonly before: unknown
  readonly after: unknown
  readonly at: Date
}

/** A logged change as the schema shows it: `before` and `after` are JSON. */
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

/** Logs a change, in the transaction that makes it. */
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

/** Ids of any kind, and keys such as a priority. */
const SUBJECT_ID = /^[\w:.-]{1,100}$/

/**
 * A page of the audit log, newest first.
 * @param subjectId only changes of this row; null: all changes.
 * @throws GraphQLError BAD_USER_INPUT for a forged cursor, or a subject id that no row can have.
 */
export async function auditConnection(
  prisma: Tx,
  page: Page,
  subjectId: string | null,
): Promise<Connection<AuditEntry>> {
  if (subjectId !== null && !SUBJECT_ID.test(subjectId))
    throw badUserInput(
      `subjectId is ${echo(subjectId)}: allowed are 1 to 100 characters of A-Z, a-z, 0-9, _ : . and -`,
    )
  const after = readInstantCursor(page.after, 'aud')
  const place = [after?.at.toISOString() ?? null, after?.id ?? '']
  const rows = await prisma.$queryRawUnsafe<AuditEntry[]>(PAGE, subjectId, ...place, page.first + 1)
  return connectionOf(rows, page, { cursorOf: ({ at, id }) => instantCursor(at, id) })
}

/** The audit log for resolvers. */
export function auditLog(prisma: Tx) {
  return {
    page: (page: Page, subjectId: string | null) => auditConnection(prisma, page, subjectId),
  }
}

export type AuditLog = ReturnType<typeof auditLog>
