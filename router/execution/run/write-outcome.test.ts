import { GraphQLInt } from 'graphql'
import { expect, test } from 'vitest'
import { LARGE_TEXT } from '../../json/parse-in-turns.ts'
import { markFailure } from '../response/fetch-errors.ts'
import { faultsAt, newFaults } from '../response/field-errors.ts'
import { leafValueWriter } from '../response/leaf-value-writer.ts'
import { listWriter } from '../response/list-writer.ts'
import { writeOutcome } from './write-outcome.ts'

const RUN = { data: {}, faults: null, variables: {}, isOfType: () => true }
const ints = listWriter(leafValueWriter(GraphQLInt), false)

test('a text up to the length of large ones is written at once', () => {
  const text = 'x'.repeat(LARGE_TEXT)
  expect(writeOutcome(() => text, RUN)).toEqual({ data: text, errors: [] })
  expect(writeOutcome(() => null, RUN)).toEqual({ data: null, errors: [] })
})

test.each([
  ['a larger text', () => 'x'.repeat(LARGE_TEXT + 1), 1],
  // Its items are too few for a look at the clock, which could give another turn away.
  [
    'a text with a long list',
    (shaping: Parameters<typeof ints>[1]) => ints(Array(251).fill(1), shaping, 'f'),
    1,
  ],
] as const)(
  '%s leaves a turn of the event loop to other work before it is encoded',
  async (_, write, turns) => {
    let passed = 0
    setImmediate(() => passed++)
    const outcome = await writeOutcome((_data, shaping) => write(shaping), RUN)
    expect(passed).toBe(turns)
    expect(outcome.errors).toEqual([])
    expect(outcome.data?.length).toBeGreaterThan(500)
  },
)

test('the fault of a request is that of its fields in objects that another request brought', () => {
  const faults = newFaults({ responseNameOf: (key) => key })
  const data = { box: {} }
  markFailure(faults, 'timeout', '{box{lid}}', [
    { alias: null, objects: [data], indexes: null, path: [], renamed: null },
  ])
  void writeOutcome(() => '{}', { ...RUN, data, faults })
  expect(faultsAt(faults, data.box, 'lid')).toEqual(faults.all)
})
