import { buildSchema } from 'graphql'
import { expect, test } from 'vitest'
import { drawOverriding, overrideLabels, overridings } from './override-labels.ts'

const SCHEMA = buildSchema(`
  directive @join__field(overrideLabel: String) repeatable on FIELD_DEFINITION
  type Query {
    a: Int @join__field(overrideLabel: "percent(25)") @join__field
    b: Int @join__field(overrideLabel: "percent(75)")
    c: Int @join__field(overrideLabel: "percent(100)")
    d: Int @join__field(overrideLabel: "percent(0)")
    e: Int @join__field(overrideLabel: "beta")
    f: Node
  }
  interface Node { id: ID @join__field(overrideLabel: "percent(9.5)") }`)

test('every combination of labels that a request can draw', () => {
  const combinations = overridings(overrideLabels(SCHEMA))
  expect(combinations).toEqual([
    { roll: 0, labels: ['percent(25)', 'percent(75)', 'percent(100)', 'percent(9.5)'] },
    { roll: 9.5, labels: ['percent(25)', 'percent(75)', 'percent(100)'] },
    { roll: 25, labels: ['percent(75)', 'percent(100)'] },
    { roll: 75, labels: ['percent(100)'] },
  ])
  expect(combinations).toContain(drawOverriding(combinations))
})

test.each([
  [0, 0],
  [9_499, 0],
  [9_500, 9.5],
  [24_999, 9.5],
  [25_000, 25],
  [74_999, 25],
  [75_000, 75],
  [99_999, 75],
])('%d thousandths of a percent draw the combination from %d percent on', (drawn, roll) => {
  const sizes: number[] = []
  const overriding = drawOverriding(overridings(overrideLabels(SCHEMA)), (size) => {
    sizes.push(size)
    return drawn
  })
  expect([overriding.roll, sizes]).toEqual([roll, [100_000]])
})

test('a graph without labels has one', () => {
  const combinations = overridings(overrideLabels(buildSchema('type Query { a: Int }')))
  expect(combinations).toEqual([{ roll: 0, labels: [] }])
  expect(drawOverriding(combinations)).toBe(combinations[0])
})
