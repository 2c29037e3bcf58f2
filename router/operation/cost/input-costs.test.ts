import { expect, test } from 'vitest'
import { costOf } from '../../testing/cost-of.ts'

const SDL = `
  type Query {
    plain(of: In, all: [In], n: Int, level: Level): Int
    priced(of: In @cost(weight: 15), all: [In] @cost(weight: 4), n: Int @cost(weight: 10), level: Level @cost(weight: 2)): Int
  }
  input In { n: Int @cost(weight: 20) in: In free: Int level: Level }
  enum Level { LOW HIGH @cost(weight: 7) }
`

// Each value costs the same as a literal and in a variable.
test.each<[argument: string, type: string, value: string, plain: number, priced: number]>([
  ['of', 'In', 'null', 0, 0],
  ['of', 'In', '{}', 1, 15],
  ['of', 'In', '{ n: 1 }', 21, 35],
  ['of', 'In', '{ n: null, free: 1 }', 1, 15],
  ['of', 'In', '{ in: { n: 1 } }', 22, 36],
  ['of', 'In', '{ n: 1, level: HIGH }', 28, 42],
  ['of', 'In', '{ level: HIGH }', 8, 22],
  ['all', '[In]', '[]', 0, 4],
  ['all', '[In]', '[{}, null, { n: 1 }]', 22, 4 + 4 + 24],
  ['n', 'Int', '1', 0, 10],
  ['n', 'Int', 'null', 0, 0],
  ['level', 'Level', 'LOW', 0, 2],
  ['level', 'Level', 'HIGH', 7, 2],
])('%s (%s) of %s', (argument, type, value, plain, priced) => {
  const json = JSON.parse(value.replaceAll(/([a-z]+):/g, '"$1":').replaceAll(/LOW|HIGH/g, '"$&"'))
  for (const [field, cost] of [
    ['plain', plain],
    ['priced', priced],
  ] as const) {
    expect([field, costOf(SDL, `{ ${field}(${argument}: ${value}) }`).estimated]).toEqual([field, cost])
    const text = `query ($v: ${type}) { ${field}(${argument}: $v) }`
    expect([field, costOf(SDL, text, { variables: { v: json } }).estimated]).toEqual([field, cost])
    expect([field, costOf(SDL, text).estimated]).toEqual([field, 0])
  }
})
