import { describe, expect, test } from 'vitest'
import { newId } from '../schema/ids.ts'
import { withOthers } from './others-kept.ts'
import type { TestSubgraph } from './subgraph.ts'

type Message = { readonly type: string; readonly data: object; readonly sequence: number }

type StateOf = (id: string) => readonly [type: string, data: object]

/** A copy of another subgraph's data, and two of its states. */
export type Copy = {
  /** The prefix of the ids by which its rows are found, or a function that makes another key. */
  readonly id: string | (() => string)
  readonly table: string
  readonly key: string
  /** The messages with the two states of an id: their types and data. */
  readonly older: StateOf
  readonly newer: StateOf
  /** The columns after the newer message, as in JSON. The older state has another value in each of them. */
  readonly row: Readonly<Record<string, unknown>>
}

/** Ways in which the two messages arrive, each a list of batches. In the last, the older one has the sequence of the newer one. */
const DELIVERIES: Readonly<Record<string, (older: Message, newer: Message) => (readonly Message[])[]>> = {
  'the older one first': (older, newer) => [[older], [newer]],
  'the newer one first': (older, newer) => [[newer], [older]],
  'in one batch, the older one first': (older, newer) => [[older, newer]],
  'in one batch, the newer one first': (older, newer) => [[newer, older]],
  'with the sequence of the newer one': (older, newer) => [[newer], [{ ...older, sequence: newer.sequence }]],
}

/** The older message is of 09:09, the newer one of 09:10. */
const timeOf = ({ sequence }: Message) => `2026-11-21T09:${String(sequence).padStart(2, '0')}:00.000Z`

/**
 * Tests that each copy has the state of the newest message in all columns, in whatever way the messages arrive, and that the
 * other rows stay as they are.
 * @param consumer name of the subgraph
 * @param shop opens before these tests, e.g. in `beforeAll`
 */
export function testNewestState(
  consumer: string,
  shop: () => Pick<TestSubgraph, 'deliver' | 'everyRow' | 'resources'>,
  copies: Readonly<Record<string, Copy>>,
): void {
  async function deliver(subject: string, messages: readonly Message[]) {
    const [first] = messages
    if (first && messages.length === 1)
      return shop().deliver(first.type, first.data, { ...first, subject, time: timeOf(first) })
    const cause = { correlationId: 'test', causationId: null, traceparent: null, replayed: true }
    const batch = messages.map((message) => {
      return { id: newId('evt'), source: 'test', subject, time: timeOf(message), ...cause, ...message }
    })
    await shop().deliver(`${consumer}.replay`, { messages: batch })
  }
  const rowOf = async ({ table, key }: Copy, id: string) => {
    const sql = `SELECT to_jsonb(t) AS row FROM ${table} t WHERE ${key} = $1`
    const rows = await shop().resources.prisma.$queryRawUnsafe<{ row: Record<string, unknown> }[]>(sql, id)
    expect(rows).toHaveLength(1)
    return rows[0]?.row ?? {}
  }
  const begin = (copy: Copy) => {
    const id = typeof copy.id === 'string' ? newId(copy.id) : copy.id()
    const message = ([type, data]: readonly [string, object], sequence: number) => ({ type, data, sequence })
    return { id, older: message(copy.older(id), 9), newer: message(copy.newer(id), 10) }
  }

  describe.each(Object.entries(copies))('%s', (_, copy) => {
    test('the older state has another value in each column of the newer one', async () => {
      const { id, older } = begin(copy)
      await deliver(id, [older])
      const before = await rowOf(copy, id)
      for (const [column, value] of Object.entries(copy.row))
        expect({ [column]: before[column] }).not.toEqual({ [column]: value })
    })

    test.each(Object.keys(DELIVERIES))('%s: the row has the newer state', async (way) => {
      const { own, expectKept } = await withOthers(shop(), async () => begin(copy))
      const { id, older, newer } = own
      for (const messages of DELIVERIES[way]?.(older, newer) ?? []) await deliver(id, messages)
      expect(await rowOf(copy, id)).toMatchObject(copy.row)
      await expectKept()
    })
  })
}
