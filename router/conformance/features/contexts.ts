import type { Feature } from '../feature.ts'

const LINES = ['l1', 'l2'].map((id) => ({ id }))
const MAIN = { id: 'i1' }
const WARM = { __typename: 'Warm', id: 'w', lamp: { id: 'p' } }
const COLD = { __typename: 'Cold', id: 'c', degree: 5, shade: 2, lamp: { id: 'p' } }
const HOUSE = { __typename: 'House', id: 'h', degree: 20, shade: 1, rooms: [COLD, WARM] }
const BARN = { __typename: 'Barn', id: 'b', degree: 10, shade: 0, rooms: [WARM] }
const AT = (_: unknown, { at }: Record<string, unknown>) => `at ${at}`
const LIT = { lamp: { light: 'at 5', glow: 'at 20', dim: 'at 2' } }
const DIM = { lamp: { light: 'at 20', glow: 'at 20', dim: 'at 1' } }
const UNLIT = { lamp: { light: 'at undefined', glow: 'at undefined', dim: 'at undefined' } }
const NO_PLAN = 'its planner fails an assertion of its own'
const NOT_SENT = 'the gateway knows nothing of contexts: the argument is never sent'

const lampAt = (degree: number | undefined) => ({ lamp: { light: `at ${degree}` } })
const roomsAt = (...degrees: readonly (number | undefined)[]) => ({ rooms: degrees.map(lampAt) })

/** The prices of two shops with no digits and with one. */
function pricedTwice(first: string, second: string) {
  const priced = (id: string, unit: string) => ({
    price: `${id} in ${unit}, 0 digits`,
    short: `${id} in ${unit}, 1 digits`,
  })
  const lines = [[[priced('l1', first), priced('l2', first)]], [[priced('l1', second), null]], null]
  return { shops: lines.map((own) => ({ lines: own })) }
}

/** `@context` and `@fromContext`: arguments that come from objects around an entity, not from the client. */
export const contexts: Feature = {
  name: '@context and @fromContext',
  subgraphs: {
    shops: {
      link: false,
      sdl: `
        extend schema @link(
          url: "https://specs.apollo.dev/federation/v2.9"
          import: ["@key", "@fromContext", { name: "@context", as: "@around" }]
        )
        type Query { shops: [Shop] stalls: [Place] sides: [Side] houses: [House] buildings: [Building] }
        interface Place @around(name: "place") { id: ID! tax: Int gate: Gate }
        type Stall implements Place @key(fields: "id") { id: ID! tax: Int gate: Gate }
        union Side @around(name: "side") = Left | Right
        type Left @key(fields: "id") { id: ID! near: Int lock: Lock }
        type Right @key(fields: "id") { id: ID! far: Int lock: Lock }
        type Gate @key(fields: "id") {
          id: ID!
          toll(tax: Int @fromContext(field: "$place { tax }")): String
        }
        type Lock @key(fields: "id") {
          id: ID!
          way(by: Int @fromContext(field: "$side ... on Left { near } ... on Right { far }")): String
        }
        interface Building { rooms: [Room] }
        type Barn implements Building @key(fields: "id") @around(name: "room") @around(name: "house") {
          id: ID! degree: Int shade: Int rooms: [Room] }
        type House implements Building @key(fields: "id") @around(name: "room") @around(name: "house") {
          id: ID! degree: Int shade: Int rooms: [Room] }
        interface Room { id: ID! lamp: Lamp }
        interface Lit { lamp: Lamp }
        type Dark implements Room @key(fields: "id") { id: ID! lamp: Lamp }
        type Cold implements Room & Lit @key(fields: "id") @around(name: "room") {
          id: ID! degree: Int shade: Int lamp: Lamp
        }
        type Warm implements Room & Lit @key(fields: "id") { id: ID! lamp: Lamp }
        type Lamp @key(fields: "id") {
          id: ID!
          light(at: Int @fromContext(field: "$room { degree }")): String
          glow(at: Int @fromContext(field: "$house { degree }")): String
          dim(at: Int @fromContext(field: "$room { shade }")): String
        }
        type Shop @key(fields: "id") @around(name: "shop") { id: ID! currency: String lines: [[Line]] main: Item }
        type Item @key(fields: "id") { id: ID! }
        type Line @key(fields: "id") {
          id: ID!
          price(currency: String @fromContext(field: "$shop { currency }"), digits: Int = 2): String
        }`,
      query: {
        shops: [
          { id: 's1', currency: 'EUR', lines: [LINES], main: MAIN },
          { id: 's2', currency: 'JPY', lines: [[LINES[0], null]], main: MAIN },
          { id: 's3', currency: null, lines: null, main: MAIN },
        ],
        stalls: [{ __typename: 'Stall', id: 't1', tax: 5, gate: { id: 'g' } }],
        houses: [HOUSE],
        buildings: [HOUSE, BARN],
        sides: [
          { __typename: 'Left', id: 'l', near: 1, lock: { id: 'k' } },
          { __typename: 'Right', id: 'r', far: 9, lock: { id: 'k' } },
        ],
      },
      resolvers: {
        Gate: { toll: (_, { tax }) => `tax ${tax}` },
        Lamp: { light: AT, glow: AT, dim: AT },
        Lock: { way: (_, { by }) => `by ${by}` },
        Line: { price: ({ id }, { currency, digits }) => `${id} in ${currency}, ${digits} digits` },
      },
    },
    items: {
      sdl: `
        type Item @key(fields: "id") { id: ID! line: Line }
        type Gate @key(fields: "id") { id: ID! wide: Boolean }
        type Lock @key(fields: "id") { id: ID! open: Boolean }
        type Lamp @key(fields: "id") { id: ID! watts: Int }
        type Line @key(fields: "id") { id: ID! name: String }`,
      entities: {
        Item: [{ id: 'i1', line: { id: 'l2', name: 'Heel' } }],
        Line: [{ id: 'l2', name: 'Heel' }],
      },
    },
  },
  cases: [
    {
      name: 'a value for each place of an entity, beside the arguments of the client',
      operation: '{ shops { lines { price(digits: 0) } } }',
      data: {
        shops: [
          { lines: [[{ price: 'l1 in EUR, 0 digits' }, { price: 'l2 in EUR, 0 digits' }]] },
          { lines: [[{ price: 'l1 in JPY, 0 digits' }, null]] },
          { lines: null },
        ],
      },
      reference: {
        why: NOT_SENT,
        data: {
          shops: [
            { lines: [[{ price: 'l1 in undefined, 0 digits' }, { price: 'l2 in undefined, 0 digits' }]] },
            { lines: [[{ price: 'l1 in undefined, 0 digits' }, null]] },
            { lines: null },
          ],
        },
      },
    },
    {
      name: 'beside variables of the client that have the names which the router would give to the value',
      operation:
        'query ($context0: Int, $_context0: Int) { shops { lines { price(digits: $context0) short: price(digits: $_context0) } } }',
      variables: { context0: 0, _context0: 1 },
      data: pricedTwice('EUR', 'JPY'),
      reference: { why: NOT_SENT, data: pricedTwice('undefined', 'undefined') },
    },
    {
      name: 'through an entity that several places share, of which a fetch brought one representation',
      operation: '{ shops { main { line { name price } } } }',
      data: {
        shops: ['EUR', 'JPY', 'null'].map((currency) => ({
          main: { line: { name: 'Heel', price: `l2 in ${currency}, 2 digits` } },
        })),
      },
      reference: {
        why: NOT_SENT,
        data: {
          shops: [1, 2, 3].map(() => ({
            main: { line: { name: 'Heel', price: 'l2 in undefined, 2 digits' } },
          })),
        },
      },
    },
    {
      name: 'from an object of an interface that sets it, in a fragment on its type',
      operation: '{ stalls { ... on Stall { gate { toll } } } }',
      data: { stalls: [{ gate: { toll: 'tax 5' } }] },
      reference: { why: NOT_SENT, data: { stalls: [{ gate: { toll: 'tax undefined' } }] } },
    },
    {
      name: 'and for the interface alone',
      operation: '{ stalls { gate { toll } } }',
      data: { stalls: [{ gate: { toll: 'tax 5' } }] },
      reference: { why: NOT_SENT, data: { stalls: [{ gate: { toll: 'tax undefined' } }] } },
    },
    {
      name: 'from a member of a union that sets it, each its own field',
      operation: '{ sides { ... on Left { lock { way } } ... on Right { lock { way } } } }',
      data: { sides: [{ lock: { way: 'by 1' } }, { lock: { way: 'by 9' } }] },
      reference: {
        why: NOT_SENT,
        data: { sides: [{ lock: { way: 'by undefined' } }, { lock: { way: 'by undefined' } }] },
      },
    },
    {
      name: 'from the nearest object that sets it, where some types of an interface do not',
      operation: '{ houses { rooms { lamp { light } } } }',
      data: { houses: [roomsAt(5, 20)] },
      reference: { why: NOT_SENT, data: { houses: [roomsAt(undefined, undefined)] } },
    },
    {
      name: 'from the object around those of a type that does not set it, in a fragment on that type',
      operation: '{ houses { rooms { ... on Warm { lamp { light } } } } }',
      data: { houses: [{ rooms: [{}, { lamp: { light: 'at 20' } }] }] },
      reference: { why: NOT_SENT, data: { houses: [{ rooms: [{}, { lamp: { light: 'at undefined' } }] }] } },
    },
    {
      name: 'in a fragment on several types, of which one sets it',
      operation: '{ houses { rooms { ... on Lit { lamp { light } } } } }',
      data: { houses: [roomsAt(5, 20)] },
      reference: { why: NOT_SENT, data: { houses: [roomsAt(undefined, undefined)] } },
    },
    {
      name: 'from the nearest of two objects that are of interfaces',
      operation: '{ buildings { rooms { lamp { light } } } }',
      data: { buildings: [roomsAt(5, 20), roomsAt(10)] },
      reference: { why: NO_PLAN, data: undefined, errors: [{ code: 'INTERNAL_SERVER_ERROR' }] },
    },
    {
      name: 'several fields by several contexts, and by several values of one',
      operation: '{ houses { rooms { lamp { light glow dim } } } }',
      data: { houses: [{ rooms: [LIT, DIM] }] },
      reference: { why: NOT_SENT, data: { houses: [{ rooms: [UNLIT, UNLIT] }] } },
    },
    {
      name: 'the client names other fields like the value',
      operation: '{ shops { currency: id lines { price: __typename amount: price } } }',
      data: {
        shops: [
          {
            currency: 's1',
            lines: [
              [
                { price: 'Line', amount: 'l1 in EUR, 2 digits' },
                { price: 'Line', amount: 'l2 in EUR, 2 digits' },
              ],
            ],
          },
          { currency: 's2', lines: [[{ price: 'Line', amount: 'l1 in JPY, 2 digits' }, null]] },
          { currency: 's3', lines: null },
        ],
      },
      reference: {
        why: `${NOT_SENT}; and the client's currency takes the place of the shop's`,
        data: {
          shops: [
            {
              currency: 'EUR',
              lines: [
                [
                  { price: 'Line', amount: 'l1 in undefined, 2 digits' },
                  { price: 'Line', amount: 'l2 in undefined, 2 digits' },
                ],
              ],
            },
            { currency: 'JPY', lines: [[{ price: 'Line', amount: 'l1 in undefined, 2 digits' }, null]] },
            null,
          ],
        },
        errors: [{ path: ['shops', 2, 'currency'], code: 'INTERNAL_SERVER_ERROR' }],
      },
    },
  ],
}
