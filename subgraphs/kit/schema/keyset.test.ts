import { expect, test } from 'vitest'
import { newId } from './ids.ts'
import { instantCursor, readInstantCursor } from './keyset.ts'

const at = new Date('2026-11-21T09:00:00.250Z')
const id = newId('ord')

test('a position is read as it was written; without one the list begins at its start', () => {
  expect(instantCursor(at, id)).toEqual(['2026-11-21T09:00:00.250Z', id])
  expect(readInstantCursor(instantCursor(at, id), 'ord')).toEqual({ at, id })
  expect(readInstantCursor(null, 'ord')).toBeNull()
})

test.each([
  ['a time of another form', ['2026-11-21', id]],
  ['a time that does not exist', ['2026-13-21T09:00:00.250Z', id]],
  ['no time', [0, id]],
  ['an id of another kind', [at.toISOString(), newId('usr')]],
  ['an id that is none', [at.toISOString(), 'ord_1']],
  ['a number for an id', [at.toISOString(), 7]],
  ['no id', [at.toISOString()]],
  ['one part more', [at.toISOString(), id, id]],
  ['nothing', []],
])('a cursor with %s is refused', (_, after) => {
  const read = () => readInstantCursor(after, 'ord')
  expect(read).toThrow(/^after holds \[.*: allowed is a cursor of this list$/)
  expect(read).toThrow(expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT' } }))
})
