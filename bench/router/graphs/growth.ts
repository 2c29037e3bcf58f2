import type { Entity, Graph, SubgraphModel } from './graph.ts'
import { wholeNumber } from './graph.ts'

/** More than the longest list that is queried. */
const ITEMS = 10_000

/**
 * One entity that `count` subgraphs share: the first lists items, each other one adds two fields to them.
 * @param count at least 2.
 */
export function growth(count: number): Graph {
  const items = new Map<string, Entity>()
  const parts = partFields(count)
  for (let index = 0; index < ITEMS; index++) {
    const own = { __typename: 'Item', id: `item-${index}`, title: `Item ${index}`, index }
    items.set(own.id, Object.assign(Object.create(parts), own))
  }
  const listed = [...items.values()]
  const origin: SubgraphModel = {
    name: 'origin',
    sdl: `
      extend type Query { items(first: Int = 10): [Item!] }
      type Item @key(fields: "id") { id: ID! title: String! }
    `,
    root: { items: (args) => listed.slice(0, wholeNumber(args.first, 10)) },
  }
  const others = Array.from({ length: count - 1 }, (_, index): SubgraphModel => {
    const number = index + 1
    return {
      name: `part-${number}`,
      sdl: `extend type Item @key(fields: "id") { id: ID! @external count${number}: Int label${number}: String }`,
      root: {},
    }
  })
  return { subgraphs: [origin, ...others], entities: { Item: items } }
}

/** Selects the fields of every subgraph of `growth(count)`. */
export function growthOperation(count: number): string {
  const parts = Array.from({ length: count - 1 }, (_, index) => `count${index + 1} label${index + 1}`)
  return `query Growth($first: Int) { items(first: $first) { id title ${parts.join(' ')} } }`
}

/** The fields are methods shared by all items: two million separate values would dominate the process. */
function partFields(count: number): object {
  const parts = Array.from({ length: count - 1 }, (_, part) => [
    [
      `count${part + 1}`,
      function (this: { index: number }) {
        return (this.index * 31 + part) % 1_000
      },
    ],
    [
      `label${part + 1}`,
      function (this: { index: number }) {
        return `label ${(this.index + part) % 97}`
      },
    ],
  ])
  return Object.fromEntries(parts.flat())
}
