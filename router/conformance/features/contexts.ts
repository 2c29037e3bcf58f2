import type { Feature } from '../feature.ts'

const LINES = ['l1', 'l2'].map((id) => ({ id }))
const MAIN = { id: 'i1' }
const NOT_SENT = 'the gateway knows nothing of contexts: the argument is never sent'

/** `@context` and `@fromContext`: arguments that come from objects around an entity, not from the client. */
export const contexts: Feature = {
  name: '@context and @fromContext',
  subgraphs: {
    shops: {
      sdl: `
        type Query { shops: [Shop] }
        type Shop @key(fields: "id") @context(name: "shop") { id: ID! currency: String lines: [[Line]] main: Item }
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
      },
      resolvers: {
        Line: { price: ({ id }, { currency, digits }) => `${id} in ${currency}, ${digits} digits` },
      },
    },
    items: {
      sdl: `
        type Item @key(fields: "id") { id: ID! line: Line }
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
