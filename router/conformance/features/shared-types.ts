import type { Feature } from '../feature.ts'

/** Types that several subgraphs define, each in its own way: root fields, enums, inputs, unions, value types. */
export const sharedTypes: Feature = {
  name: 'types of several subgraphs',
  subgraphs: {
    one: {
      sdl: `
        type Query { who: Who @shareable hue: Hue paint(tone: Tone, by: Filter): String any: [Any] place: Place boxes: [Boxed] pick: Pick @shareable }
        type Who @shareable { id: ID! first: First }
        type First { name: String }
        enum Hue { RED GREEN }
        enum Tone { LOUD }
        input Filter { least: Int! most: Int }
        union Any = A | B
        union Pick = A | B
        type A @key(fields: "id") { id: ID! a: String @shareable }
        type B { b: String @shareable }
        type Place @shareable { land: String town: String }
        interface Boxed { size: Size }
        type Crate implements Boxed @key(fields: "id") { id: ID! size: Size @shareable }
        type Tray implements Boxed @key(fields: "code") { code: Int! size: Size @shareable }
        type Size @shareable { width: Int }`,
      query: {
        who: { id: 'w', first: { name: 'one' } },
        hue: 'GREEN',
        pick: { __typename: 'A', id: '1', a: 'a' },
        any: [
          { __typename: 'A', id: '1', a: 'a' },
          { __typename: 'B', b: 'b' },
        ],
        place: { land: 'NO', town: 'Oslo' },
        boxes: [
          { __typename: 'Crate', id: '1', size: { width: 4 } },
          { __typename: 'Tray', code: 7, size: { width: 5 } },
        ],
      },
      resolvers: { Query: { paint: (_, { tone, by }) => JSON.stringify([tone, by]) } },
      entities: { A: [{ id: '1', a: 'a' }] },
    },
    two: {
      sdl: `
        type Query { who: Who @shareable bright(tone: Tone): String tune(by: Filter!): String other: Any tint: Hue pick: A @shareable }
        type Who @shareable { id: ID! second: Second }
        type Second { name: String }
        enum Tone { LOUD SOFT }
        enum Hue { RED GREEN BLUE }
        input Filter { least: Int! extra: String }
        union Any = A | C
        type A @key(fields: "id") { id: ID! more: String }
        type C { c: String }
        type Crate @key(fields: "id") { id: ID! size: Size @shareable }
        type Tray @key(fields: "code") { code: Int! size: Size @shareable }
        type Size @shareable { width: Int height: Int }`,
      query: {
        who: { id: 'w', second: { name: 'two' } },
        other: { __typename: 'C', c: 'c' },
        tint: 'BLUE',
        pick: { id: '1' },
      },
      resolvers: {
        Query: {
          bright: (_, { tone }) => `bright ${tone}`,
          tune: (_, { by }) => JSON.stringify(by),
        },
      },
      entities: {
        A: [{ id: '1', more: 'more' }],
        Crate: [{ id: '1', size: { width: 4, height: 3 } }],
        Tray: [{ code: 7, size: { width: 5, height: 2 } }],
      },
    },
  },
  cases: [
    {
      name: 'a root field that both have, each with its own part',
      operation: '{ who { id first { name } second { name } } }',
      data: { who: { id: 'w', first: { name: 'one' }, second: { name: 'two' } } },
    },
    {
      name: 'an input type: the fields that both know, with defaults and nulls as they were sent',
      operation: 'query ($by: Filter!) { tune(by: $by) paint(tone: LOUD, by: { least: 3 }) }',
      variables: { by: { least: 1 } },
      data: { tune: '{"least":1}', paint: '["LOUD",{"least":3}]' },
    },
    {
      name: 'an input field that only one knows is refused',
      operation: '{ tune(by: { least: 1, extra: "x" }) }',
      data: undefined,
      errors: [{ code: 'BAD_USER_INPUT' }],
    },
    {
      name: 'an enum that is returned: the values of both',
      operation: '{ hue tint }',
      data: { hue: 'GREEN', tint: 'BLUE' },
    },
    {
      name: 'an enum that is sent: the values that both know',
      operation: '{ bright(tone: SOFT) }',
      data: undefined,
      errors: [{ code: 'BAD_USER_INPUT' }],
    },
    {
      name: 'an object below a field of an interface, a part of which comes from a subgraph without the interface',
      operation: '{ boxes { size { width height } } }',
      data: { boxes: [{ size: { width: 4, height: 3 } }, { size: { width: 5, height: 2 } }] },
      calls: { one: 1, two: 1 },
    },
    {
      name: 'a union that another subgraph returns as one of its members',
      operation: '{ pick { ... on A { a } ... on B { b } } }',
      data: { pick: { a: 'a' } },
    },
    {
      name: 'a union: each subgraph returns the members that it knows, members go on elsewhere',
      operation:
        '{ any { __typename ... on A { a more } ... on C { c } } other { ... on C { c } ... on B { b } } }',
      data: { any: [{ __typename: 'A', a: 'a', more: 'more' }, { __typename: 'B' }], other: { c: 'c' } },
    },
  ],
}
