import { buildSchema } from 'graphql'
import { expect, test } from 'vitest'
import { ownershipOf } from './ownership.ts'

/** The supergraph's types, with the join directives by which they are read. */
function typesOf(sdl: string) {
  const schema = buildSchema(
    `directive @join__graph(name: String!) on ENUM_VALUE
     directive @join__type(graph: join__Graph!, key: String, resolvable: Boolean = true, isInterfaceObject: Boolean = false) repeatable on OBJECT | INTERFACE | UNION
     directive @join__implements(graph: join__Graph!, interface: String!) repeatable on OBJECT | INTERFACE
     directive @join__field(graph: join__Graph, requires: String, provides: String, type: String, external: Boolean, usedOverridden: Boolean, overrideLabel: String, override: String, contextArguments: [Given!]) repeatable on FIELD_DEFINITION
     input Given { context: String! name: String! type: String! selection: String! }
     enum join__Graph { ONE @join__graph(name: "one") TWO @join__graph(name: "two") }
     ${sdl}`,
    { assumeValid: true },
  )
  return ownershipOf(schema, new Set(['percent(5)']))
}

test('fields are planned alike only if nothing that their subgraphs say of them differs', () => {
  const context = (part: Readonly<Record<string, string>>) => {
    const given = Object.entries({ context: 'c', name: 'n', type: 'Int', selection: '{ id }', ...part })
    return `contextArguments: [{ ${given.map(([name, value]) => `${name}: "${value}"`).join(' ')} }]`
  }
  const fields = [
    ['Pin', ''],
    ['Pin', 'requires: "id"'],
    ['Pin', 'requires: "other"'],
    ['Pin', 'provides: "id"'],
    ['Pin', 'provides: "other"'],
    ['Pin', 'type: "Pin!"'],
    ['Pin', 'type: "[Pin]"'],
    ['Pin', 'type: "Part"'],
    ['Part', ''],
    ['[Pin]', ''],
    ['[[Pin]]', ''],
    ['Pin!', ''],
    ['Pin', context({})],
    ['Pin', context({ context: 'd' })],
    ['Pin', context({ name: 'm' })],
    ['Pin', context({ selection: '{ other }' })],
  ] as const
  const types = fields.map(
    ([type, details], index) =>
      `type T${index} @join__type(graph: ONE) { it: ${type} @join__field(graph: ONE ${details}) id: ID other: ID }`,
  )
  const { type } = typesOf(`type Query { a: Int } ${types.join(' ')}
    type Elsewhere { it: Pin @join__field(graph: TWO) }
    type Both { it: Pin @join__field(graph: ONE) @join__field(graph: TWO) }
    type Same { it: Pin @join__field(graph: ONE) }
    interface Part { id: ID } type Pin implements Part { id: ID other: ID }`)
  const profileOf = (name: string) => type(name).field('it').profile
  const profiles = [...fields.map((_, index) => `T${index}`), 'Elsewhere', 'Both'].map(profileOf)
  expect(new Set(profiles).size).toBe(profiles.length)
  expect(profileOf('Same')).toBe(profileOf('T0'))
})

test('types are planned alike only if all of their keys are the same', () => {
  const one = '@join__type(graph: ONE, key: "id")'
  const keys = [
    one,
    '@join__type(graph: ONE, key: "code")',
    '@join__type(graph: TWO, key: "id")',
    `${one} @join__type(graph: ONE, key: "code")`,
    `${one} @join__type(graph: TWO, key: "id")`,
    '@join__type(graph: ONE, key: "id", resolvable: false)',
  ]
  const types = keys.map((key, index) => `type T${index} ${key} { id: ID code: ID }`)
  const { type } = typesOf(`type Query { a: Int } ${types.join(' ')}
    type Same ${one} { id: ID code: ID }
    interface Whole @join__type(graph: ONE, key: "id", isInterfaceObject: true) { id: ID score: Int @join__field(graph: ONE) }
    interface Plain @join__type(graph: TWO, key: "code") { code: ID }
    type Part implements Plain & Whole @join__type(graph: TWO) { id: ID code: ID score: Int @join__field }`)
  const profiles = [...keys.map((_, index) => `T${index}`), 'Part'].map((name) => type(name).profile)
  expect(new Set(profiles).size).toBe(profiles.length)
  expect(type('Same').profile).toBe(type('T0').profile)
  // By the interface that a subgraph has as an object, not by others.
  const entries = [...type('Part').entries].map(([subgraph, all]) => [
    subgraph,
    all.map(({ as, key }) => `${as} ${key.text}`),
  ])
  expect(entries).toEqual([['one', ['Whole id']]])
  expect([...type('Part').field('score').owners.keys()]).toEqual(['one'])
})

test('a field belongs to the subgraphs that state it, unless it is external or overridden there', () => {
  const { type } = typesOf(`type Query {
      both: Int @join__field(graph: ONE) @join__field(graph: TWO)
      external: Int @join__field(graph: ONE, external: true) @join__field(graph: TWO)
      former: Int @join__field(graph: ONE, usedOverridden: true) @join__field(graph: TWO, override: "one")
      drawn: Int @join__field(graph: ONE, overrideLabel: "percent(5)") @join__field(graph: TWO, override: "one", overrideLabel: "percent(5)")
      other: Int @join__field(graph: ONE, overrideLabel: "percent(9)") @join__field(graph: TWO, override: "one", overrideLabel: "percent(9)")
    }`)
  const ownersOf = (name: string) => [...type('Query').field(name).owners.keys()]
  expect(ownersOf('both')).toEqual(['one', 'two'])
  expect(ownersOf('external')).toEqual(['two'])
  expect(ownersOf('former')).toEqual(['two'])
  expect(ownersOf('drawn')).toEqual(['two'])
  expect(ownersOf('other')).toEqual(['one'])
})

test('the members of an interface are those that implement this one in the subgraph', () => {
  const { type } = typesOf(`type Query { a: Int }
    interface Item { id: ID } interface Named { id: ID }
    type Sock implements Item & Named @join__implements(graph: ONE, interface: "Item") @join__implements(graph: TWO, interface: "Named") { id: ID }
    type Hat implements Item @join__implements(graph: TWO, interface: "Item") { id: ID }
    interface Old { id: ID } type Card implements Old { id: ID }`)
  const membersOf = (name: string) => ['one', 'two'].map((subgraph) => type(name).membersIn(subgraph))
  expect(membersOf('Item')).toEqual([['Sock'], ['Hat']])
  expect(membersOf('Named')).toEqual([[], ['Sock']])
  // Where no subgraph is stated, all have it.
  expect(membersOf('Old')).toEqual([['Card'], ['Card']])
})
