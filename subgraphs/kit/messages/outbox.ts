// Tested in messages.int.test.ts: the test sends messages through outbox, bus and inbox.

import { type OutboxRow, WRITTEN } from '../database/committed.ts'
import type { Tx } from '../database/database.ts'
import { executeLater } from '../database/later.ts'
import { newId } from '../schema/ids.ts'
import { currentTrace } from '../service/trace.ts'
import type { NewEvent } from './envelope.ts'
import { OUTBOX_CHANNEL } from './outbox-connection.ts'

/** Duration of a claim. If a relay dies, another claims the rows after it; the inbox absorbs duplicates. */
export const LEASE_SECONDS = 10

// Rows that the relay of this process publishes after the commit are written as claimed. Others are due at once, and notified.
// Notifying always would cost throughput: PostgreSQL commits transactions with a NOTIFY one after another.
const APPEND = `
WITH written AS (
  INSERT INTO outbox_message (id, type, subject, sequence, data, time, correlation_id, causation_id, traceparent, attempts, available_at)
  SELECT e.id, e.type, e.subject, e.sequence, e.data, $2::timestamptz, $3, $4, $5, $6::int,
         now() + make_interval(secs => $6::int * ${LEASE_SECONDS})
    FROM jsonb_to_recordset($1::jsonb) AS e(id text, type text, subject text, sequence int, data jsonb))
SELECT pg_notify('${OUTBOX_CHANNEL}', '')::text WHERE $6::int = 0`

type Appended = Pick<OutboxRow, 'id' | 'type' | 'subject' | 'sequence' | 'data'>

/** Inserts messages into the outbox by one statement, in the transaction of the change. */
export async function appendEvents(
  tx: Tx & { [WRITTEN]?: OutboxRow[] },
  events: readonly NewEvent[],
): Promise<void> {
  if (events.length === 0) return
  const trace = currentTrace()
  const { correlationId, causationId, traceparent } = trace
  const rows = JSON.stringify(events.map((event) => ({ id: newId('evt'), ...event })))
  const time = new Date()
  const { [WRITTEN]: written } = tx
  const attempts = written ? 1 : 0
  const about = [time.toISOString(), correlationId, causationId, traceparent, attempts]
  await executeLater(tx, { text: APPEND, values: [rows, ...about] })
  if (!written) {
    trace.wrote = true
    return
  }
  // The rows are parsed from their JSON, so that listeners get the same values as from PostgreSQL.
  const appended: readonly Appended[] = JSON.parse(rows)
  const origin = { correlation_id: correlationId, causation_id: causationId, traceparent }
  for (const { id, type, subject, sequence, data } of appended)
    written.push({ id, type, subject, sequence, data, time, ...origin, attempts })
}
