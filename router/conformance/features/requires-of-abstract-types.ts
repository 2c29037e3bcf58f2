import type { Feature, Row } from '../feature.ts'

const HOLDERS: readonly Row[] = [
  {
    id: 'h1',
    held: { __typename: 'Cup', id: 'c1', volume: 3 },
    both: [{ __typename: 'Hat', id: 'x', width: 9 }],
  },
  { id: 'h2', held: { __typename: 'Hat', id: 'x2', width: 5 }, both: [] },
  { id: 'h3', held: null, both: null },
]

/** `@requires` whose fields lie in a union or an interface: each member requires its own. */
export const requiresOfAbstractTypes: Feature = {
  name: '@requires through unions and interfaces',
  subgraphs: {
    things: {
      sdl: `
        type Query { holders: [Holder!]! }
        type Holder @key(fields: "id") { id: ID! held: Held both: [Thing!] }
        union Held = Cup | Hat
        interface Thing { id: ID! }
        type Cup implements Thing { id: ID! @shareable volume: Int }
        type Hat implements Thing { id: ID! @shareable width: Int }`,
      query: { holders: HOLDERS },
      entities: { Holder: HOLDERS },
    },
    packing: {
      sdl: `
        type Holder @key(fields: "id") {
          id: ID!
          held: Held @external
          both: [Thing!] @external
          pack: String @requires(fields: "held { ... on Cup { volume } ... on Hat { id width } }")
          all: String @requires(fields: "both { id ... on Hat { width } }")
          cups: String @requires(fields: "held { ... on Cup { volume } } both { ... on Cup { volume } }")
        }
        union Held = Cup | Hat
        interface Thing { id: ID! }
        type Cup implements Thing { id: ID! @shareable volume: Int @external }
        type Hat implements Thing { id: ID! @shareable width: Int @external }`,
      resolvers: {
        Holder: {
          pack: ({ held }) => JSON.stringify(fieldsOf(held)),
          cups: ({ held, both }) =>
            JSON.stringify([fieldsOf(held), Array.isArray(both) ? both.map(fieldsOf) : both]),
          all: ({ both }) => JSON.stringify(Array.isArray(both) ? both.map(fieldsOf) : both),
        },
      },
    },
  },
  cases: [
    {
      name: 'of a union: each member its own fields',
      operation: '{ holders { pack } }',
      data: {
        holders: [{ pack: '[["volume",3]]' }, { pack: '[["id","x2"],["width",5]]' }, { pack: 'null' }],
      },
    },
    {
      name: 'of a list of an interface',
      operation: '{ holders { all } }',
      data: { holders: [{ all: '[[["id","x"],["width",9]]]' }, { all: '[]' }, { all: 'null' }] },
    },
    {
      name: 'of one member only: of the others there is nothing to send',
      operation: '{ holders { cups } }',
      data: { holders: [{ cups: '[[["volume",3]],[[]]]' }, { cups: '[[],[]]' }, { cups: '[null,null]' }] },
    },
    {
      name: 'beside the same field, selected for itself',
      operation: '{ holders { held { ... on Cup { id } } pack } }',
      data: {
        holders: [
          { held: { id: 'c1' }, pack: '[["volume",3]]' },
          { held: {}, pack: '[["id","x2"],["width",5]]' },
          { held: null, pack: 'null' },
        ],
      },
    },
  ],
}

/** The fields of a representation by name, `__typename` aside: whether it is sent is the planner's choice. */
function fieldsOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value)
    .filter(([name]) => name !== '__typename')
    .sort(([one], [other]) => (one < other ? -1 : 1))
}
