import { expect, test } from 'vitest'
import type { Envelope } from './envelope.ts'
import { newestOf } from './newest.ts'

function message(subject: string, sequence: number): Envelope {
  return {
    id: `evt_${subject}_${sequence}`,
    type: 'products.product.changed',
    source: 'products',
    subject,
    sequence,
    time: '2026-11-28T09:00:00.000Z',
    correlationId: 'c',
    causationId: null,
    traceparent: null,
    data: null,
  }
}

test('of each subject the newest message is left, whatever their order', () => {
  const [a1, a2, b1, b2] = [message('a', 1), message('a', 2), message('b', 1), message('b', 2)]
  // By subject, so that two batches lock the same rows in the same order.
  for (const messages of [
    [a1, a2, b1, b2],
    [b2, a2, b1, a1],
  ])
    expect(newestOf(messages)).toEqual([a2, b2])
  // One that has the sequence of an earlier one is a repetition.
  expect(newestOf([a1, { ...a1, id: 'evt_again' }])).toEqual([a1])
})
