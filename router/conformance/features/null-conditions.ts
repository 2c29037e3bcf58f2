import type { ConformanceCase, Feature } from '../feature.ts'

/** The error of an object whose fields a null condition decides. */
const failed = (...path: readonly (string | number)[]) => ({
  ...(path.length > 0 && { path }),
  code: 'BAD_USER_INPUT',
  message: 'Argument "if" of non-null type "Boolean!" must not be null.',
})

const whereNull = (part: Omit<ConformanceCase, 'variables'>): ConformanceCase => ({
  ...part,
  variables: { x: null, yes: true, no: false },
})

/**
 * A nullable variable with a default may stand in `@skip` and `@include` (5.8.5). Where it is null, the object around the
 * condition has an error (6.3.2, 6.4.1).
 */
export const nullConditions: Feature = {
  name: 'null in a condition',
  subgraphs: {
    shop: {
      sdl: `
        type Query { sock: Sock socks: [Sock] sure: [Sock!] wear: [Wear] }
        type Mutation { wash: Sock }
        interface Wear { id: ID! }
        type Hat implements Wear { id: ID! size: Int }
        type Sock implements Wear @key(fields: "id") { id: ID! pair: Sock! }`,
      query: {
        sock: { id: 'a', pair: { id: 'b' } },
        socks: [{ id: 'a' }, { id: 'b' }],
        sure: [{ id: 'a' }],
        wear: [
          { __typename: 'Hat', id: 'h', size: 3 },
          { __typename: 'Sock', id: 'a' },
        ],
      },
      resolvers: { Mutation: { wash: () => ({ id: 'c' }) } },
    },
    prices: {
      sdl: 'type Sock @key(fields: "id") { id: ID! price: Int sure: Int! }',
      entities: { Sock: [] },
    },
  },
  cases: [
    whereNull({
      name: '@include: the object is null, what is beside it is not',
      operation: 'query ($x: Boolean = true) { sock { id price @include(if: $x) } socks { id } }',
      data: { sock: null, socks: [{ id: 'a' }, { id: 'b' }] },
      errors: [failed('sock')],
    }),
    whereNull({
      name: '@skip, on a fragment: each object of a list has the error',
      operation: 'query ($x: Boolean = true) { socks { ...F @skip(if: $x) } } fragment F on Sock { id }',
      data: { socks: [null, null] },
      errors: [failed('socks', 0), failed('socks', 1)],
    }),
    whereNull({
      name: 'in a fragment, below a non-null field: null propagates',
      operation:
        'query ($x: Boolean = true) { sock { ...F } } fragment F on Sock { pair { id @skip(if: $x) } }',
      data: { sock: null },
      errors: [failed('sock', 'pair')],
    }),
    whereNull({
      name: 'in a list of non-null objects: the list is null',
      operation: 'query ($x: Boolean = true) { sure { id @include(if: $x) } }',
      data: { sure: null },
      errors: [failed('sure', 0)],
    }),
    whereNull({
      name: 'beside a non-null field that is missing: the object has the error of the condition alone',
      operation:
        'query ($x: Boolean = true, $no: Boolean!) { socks { sure id @skip(if: $no) @include(if: $x) } }',
      data: { socks: [null, null] },
      errors: [failed('socks', 0), failed('socks', 1)],
      reference: {
        why: 'the missing value is looked at first',
        data: { socks: [null, null] },
        errors: [0, 1].map((index) => ({ path: ['socks', index, 'sure'], code: 'INTERNAL_SERVER_ERROR' })),
      },
    }),
    whereNull({
      name: 'below a fragment: objects of its type alone have the error',
      operation: 'query ($x: Boolean = true) { wear { id ... on Hat { size @include(if: $x) } } }',
      data: { wear: [null, { id: 'a' }] },
      errors: [failed('wear', 0)],
    }),
    whereNull({
      name: 'at the root: there is no data, and nothing is fetched',
      operation: 'query ($x: Boolean = true) { sock { id } socks @skip(if: $x) { id } }',
      data: null,
      errors: [failed()],
      calls: {},
    }),
    whereNull({
      name: 'at the root, beside a @skip that does not apply: there is no data, and nothing is fetched',
      operation: 'query ($x: Boolean = true) { sock { id } socks @skip(if: false) @include(if: $x) { id } }',
      data: null,
      errors: [failed()],
      calls: {},
    }),
    whereNull({
      name: 'at the root of a mutation: no field of it runs',
      operation: 'mutation ($x: Boolean = true) { wash { id } again: wash @include(if: $x) { id } }',
      data: null,
      errors: [failed()],
      calls: {},
    }),
    whereNull({
      name: 'below a field of a mutation: it has run',
      operation: 'mutation ($x: Boolean = true) { wash { id @include(if: $x) } }',
      data: { wash: null },
      errors: [failed('wash')],
      calls: { shop: 1 },
    }),
    whereNull({
      name: '@include is not evaluated where @skip applies',
      operation: `query ($x: Boolean = true, $yes: Boolean!, $no: Boolean!) {
        sock { id a: price @skip(if: true) @include(if: $x) b: price @include(if: $x) @skip(if: $yes) }
        socks { id price @skip(if: $no) @include(if: $x) }
      }`,
      data: { sock: { id: 'a' }, socks: [null, null] },
      errors: [failed('socks', 0), failed('socks', 1)],
    }),
    whereNull({
      name: '@skip is evaluated where @include does not apply',
      operation: 'query ($x: Boolean = true) { sock { id price @include(if: false) @skip(if: $x) } }',
      data: { sock: null },
      errors: [failed('sock')],
    }),
    {
      name: 'a variable that is not given has its default',
      operation: 'query ($x: Boolean = true) { sock { id pair @skip(if: $x) { id } } }',
      data: { sock: { id: 'a' } },
    },
  ],
}
