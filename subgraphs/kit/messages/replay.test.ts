import { expect, test } from 'vitest'
import type { Tx } from '../database/database.ts'
import type { Envelope } from './envelope.ts'
import { replayListener, replayTypeOf } from './replay.ts'

const tx = {} as Tx
const message = (id: string, type: string): Envelope => ({
  ...{ id, type, source: 'mouth', subject: 'a', sequence: 1, time: '2026-11-21T00:00:00.000Z', data: {} },
  ...{ correlationId: 'c', causationId: null, traceparent: null, replayed: true },
})

/** The calls of listeners to `one`, and to many messages of `many`, by which a batch is handled. */
async function calls(...batch: Envelope[]): Promise<string[]> {
  const made: string[] = []
  const handle = replayListener(
    { one: async ({ id }, given) => void made.push(`one ${id} ${given === tx}`) },
    {
      many: async (messages, given) =>
        void made.push(`many ${messages.map(({ id }) => id).join()} ${given === tx}`),
    },
  )
  await handle({ ...message('evt_batch', replayTypeOf('ears')), data: { messages: batch } }, tx)
  return made
}

test('messages of a batch are handled in its order, adjacent ones of a type together where the listener takes many', async () => {
  const types = ['one', 'many', 'many', 'one', 'one', 'many']
  expect(await calls(...types.map((type, index) => message(String(index), type)))).toEqual([
    ...['one 0 true', 'many 1,2 true', 'one 3 true', 'one 4 true'],
    'many 5 true',
  ])
})

test('messages of a type without listener are let go; a batch that is none is refused', async () => {
  expect(await calls(message('1', 'other'), message('2', 'one'))).toEqual(['one 2 true'])
  await expect(calls({ id: 'evt_1' } as Envelope)).rejects.toThrow('invalid_type')
})

test('batches have a type for each consumer', () => {
  expect(replayTypeOf('ears')).toBe('ears.replay')
})
