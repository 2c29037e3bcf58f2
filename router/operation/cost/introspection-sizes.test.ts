import { buildSchema, graphqlSync } from 'graphql'
import { expect, test } from 'vitest'
import { costOf, DIRECTIVES } from '../../testing/cost-of.ts'

const SDL = `
  type Query { a(b: Int, c: In): A all(of: [In]): [Any] }
  interface Named { name: String }
  interface Priced { price(in: Hue): Int }
  interface Dear implements Priced { price(in: Hue): Int }
  type A implements Named & Priced & Dear { name: String price(in: Hue, at: Int): Int }
  type B implements Named { name: String hue: Hue }
  union Any = A | B
  input In { b: Int c: Hue d: [In] }
  enum Hue { RED GREEN BLUE }
`

// Twenty times, since an object of introspection weighs a tenth.
test.each([
  '__schema { types { name } }',
  '__schema { types { fields { name } } }',
  '__schema { types { fields { args { name } } } }',
  '__schema { types { interfaces { name } } }',
  '__schema { types { possibleTypes { name } } }',
  '__schema { types { enumValues { name } } }',
  '__schema { types { inputFields { name } } }',
  '__schema { directives { name locations } }',
  '__schema { directives { args { name } } }',
])('the lists of a whole schema are estimated as long as they are: %s', (selection) => {
  const text = `{ ${Array.from({ length: 20 }, (_, place) => `x${place}: ${selection}`).join(' ')} }`
  const { estimated, actual } = costOf(SDL, text)
  const cost = actual(graphqlSync({ schema: buildSchema(DIRECTIVES + SDL), source: text }).data)
  expect(cost).toBeGreaterThan(10)
  // Averages are rounded.
  expect(Math.abs(estimated - cost)).toBeLessThanOrEqual(1)
})

test('an object of introspection costs a tenth', () => {
  const types = Array.from({ length: 9 }, (_, place) => `x${place}: __type(name: "A") { name }`)
  expect(costOf(SDL, `{ ${types.join(' ')} }`).estimated).toBe(1)
})
