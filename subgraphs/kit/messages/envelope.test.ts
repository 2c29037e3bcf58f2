import { expect, test } from 'vitest'
import { type Envelope, envelopeSchema } from './envelope.ts'

const MESSAGE: Envelope = {
  ...{ id: 'evt_1', type: 'notes.note.written', source: 'notes', subject: 'nte_1', sequence: 1 },
  ...{ time: '2026-11-21T00:00:00.000Z', correlationId: 'c', causationId: 'evt_0', traceparent: '00-1-2-01' },
  ...{ replayed: true, data: { text: 'socks' } },
}
const isTaken = (message: unknown) => envelopeSchema.safeParse(message).success

test('a message keeps all of its fields; one that is new and has no cause needs not all of them', () => {
  expect(envelopeSchema.parse(MESSAGE)).toEqual(MESSAGE)
  const { replayed: _, ...rest } = MESSAGE
  expect(isTaken({ ...rest, causationId: null, traceparent: null })).toBe(true)
})

test.each([
  ...(['id', 'type', 'source', 'subject', 'time', 'sequence'] as const),
  ...(['correlationId', 'causationId', 'traceparent'] as const),
])('a message without %s is refused', (field) => {
  const { [field]: _, ...rest } = MESSAGE
  expect(isTaken(rest)).toBe(false)
})

test.each([
  ...[{ id: 1 }, { type: null }, { source: null }, { subject: null }, { correlationId: null }],
  ...[
    { sequence: 1.5 },
    { sequence: '1' },
    { time: 'yesterday' },
    { time: '2026-11-21' },
    { replayed: 'yes' },
  ],
])('a message with %j is refused', (wrong) => {
  expect(isTaken({ ...MESSAGE, ...wrong })).toBe(false)
})
