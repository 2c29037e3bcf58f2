import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { foldersWith, root } from '../../repository.ts'
import { conventionFaults } from './graph-conventions.ts'
import { freeForm, repeatable } from './mutations.ts'
import { entityOwners, privateColumns } from './nullability.ts'
import { outline } from './schema-outline.ts'
import { sharedDescriptions } from './shared-descriptions.ts'

const schemaOf = (name: string) => readFileSync(path.join(root, 'subgraphs', name, 'schema.graphql'), 'utf8')
const subgraphs = foldersWith('subgraphs', 'schema.graphql')

test.each(subgraphs)('the schema of %s keeps the graph conventions', (name) => {
  expect(conventionFaults(name, schemaOf(name))).toEqual([])
})

test('every exception is still needed', () => {
  const all = subgraphs.map(schemaOf).join('\n')
  const isGone = (name: string) => !new RegExp(`^ *(type |interface )?${name}\\b`, 'm').test(all)
  expect([repeatable, freeForm, entityOwners].flatMap(Object.keys).filter(isGone)).toEqual([])
  expect(
    Object.keys(privateColumns)
      .map((name) => name.split('.')[0] ?? '')
      .filter(isGone),
  ).toEqual([])
})

const link = (...directives: string[]) =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${directives.map((name) => `"@${name}"`)}])`
const shared = readFileSync(path.join(root, 'subgraphs/kit/schema/shared.graphql'), 'utf8')

/** The violations of a valid reviews schema with `sdl` added, without the names of their conventions. */
function faultsOf(sdl: string, directives: string[] = []): string[] {
  const sizes = sdl.includes('@listSize') ? ['listSize'] : []
  const schema = [link('shareable', ...sizes, ...directives), shared, sdl].join('\n')
  return conventionFaults('reviews', schema).map((fault) =>
    fault.replace(/ \([^()]*(\([^()]*\)[^()]*)*\)$/, ''),
  )
}

const product = '"P." type Product @key(fields: "id") { "I." id: ID!'
const query = (field: string) => `type Query { "F." ${field} }`
const payload =
  '"P." type RatePayload { "E." userErrors: [RateError!]! @listSize(assumedSize: 10) } "E." union RateError = ValidationError "I." input RateInput { "K." idempotencyKey: ID! }'
const sized = '@listSize(slicingArguments: ["first"], sizedFields: ["edges"])'
const mutation = (field: string, types = payload) => `${types} type Mutation { "F." ${field} }`

describe('a violation is reported with its coordinate', () => {
  test.each<[string, string, string[], string[]]>([
    [
      'a directive that is not imported',
      `${query('a: Int @inaccessible')}`,
      [],
      ['schema: uses @inaccessible without importing it'],
    ],
    ['a directive imported for nothing', query('a: Int'), ['tag'], ['schema: imports @tag without using it']],
    ['a field without a description', 'type Query { a: Int }', [], ['Query.a: has no description']],
    ['an empty description', 'type Query { " " a: Int }', [], ['Query.a: has no description']],
    ['an argument without a description', query('a(b: Int): Int'), [], ['Query.a(b): has no description']],
    ['an enum value without one', '"E." enum E { A }', [], ['E.A: has no description']],
    [
      'an input and its field without one',
      'input I { a: Int }',
      [],
      ['I: has no description', 'I.a: has no description'],
    ],
    [
      'an entity nobody owns',
      '"S." type Shoe @key(fields: "id") { "I." id: ID! }',
      ['key'],
      [expect.stringMatching(/^Shoe: has a key, but no owner/)],
    ],
    [
      'A: a reference that must be there',
      `${product} } "R." type Review { "P." product: Product! }`,
      ['key'],
      [expect.stringMatching(/^Review.product: Product! refers to an entity of products/)],
    ],
    [
      'A: a reference that must be there in a list',
      `${product} } "R." type Review { "P." products: [Product!] @listSize(assumedSize: 9) }`,
      ['key'],
      [expect.stringMatching(/^Review.products: \[Product!\] refers/)],
    ],
    [
      'B: a contributed field that must be there',
      `${product} "R." rating: Int! }`,
      ['key'],
      ['Product.rating: added to an entity of products, so Int! must be nullable'],
    ],
    [
      'C: a root field that must be there',
      query('a: Int!'),
      [],
      ['Query.a: a root field, so Int! must be nullable'],
    ],
    [
      'D: an id that may be null',
      '"R." type Review { "I." id: ID }',
      [],
      [expect.stringMatching(/^Review.id: from a row/)],
    ],
    [
      'D: a member that may be null',
      '"R." type Review { "T." tags: [String] }',
      [],
      [expect.stringMatching(/^Review.tags: from a row/)],
    ],
    [
      'a page without an end',
      query(`a("F." first: Int, "A." after: String): AConnection ${sized}`),
      [],
      ['Query.a: first has no default'],
    ],
    [
      'a page too large',
      query(`a("F." first: Int = 101, "A." after: String): AConnection ${sized}`),
      [],
      ['Query.a: first = 101, which is not in 1 to 100'],
    ],
    [
      'a list that cannot go on',
      query(`a("F." first: Int = 1): AConnection ${sized}`),
      [],
      ['Query.a: takes no after'],
    ],
    [
      'a page of no connection',
      query('a("F." first: Int = 1): [Int!]'),
      [],
      ['Query.a: takes first, but answers no connection'],
    ],
    [
      'a connection without a count that may fail',
      '"C." type AConnection { "E." edges: [AEdge!]! @listSize(assumedSize: 9) "P." pageInfo: PageInfo! "T." totalCount: Int! } "E." type AEdge { "C." cursor: String! }',
      [],
      ['AConnection.totalCount: is Int!, not Int'],
    ],
    [
      'a list of unknown length',
      `"A." type A { "I." id: ID! } ${query('a: [A!]')}`,
      [],
      ['Query.a: has no @listSize'],
    ],
    [
      'a connection whose edges have none',
      '"C." type AConnection { "E." edges: [AEdge!]! "P." pageInfo: PageInfo! } "E." type AEdge { "C." cursor: String! } "R." type B { "L." a("F." first: Int = 1, "A." after: String): AConnection! @listSize(slicingArguments: ["first"]) }',
      [],
      ['AConnection.edges: has no @listSize', 'B.a: has no @listSize that sizes edges'],
    ],
    [
      'a mutation with loose arguments',
      mutation('rate("A." input: RateInput!, "B." b: Int): RatePayload'),
      [],
      ['Mutation.rate: takes other arguments than one, called input'],
    ],
    [
      'an input of another name',
      mutation('grade("A." input: RateInput!): RatePayload'),
      [],
      ['Mutation.grade: its input is RateInput!, not GradeInput!'],
    ],
    [
      'a mutation without a payload',
      mutation('rate("A." input: RateInput!): Int'),
      [],
      ['Mutation.rate: answers Int, not a payload'],
    ],
    [
      'errors that are no UserError',
      mutation('rate("A." input: RateInput!): RatePayload', payload.replace('= ValidationError', '= Money')),
      [],
      ['Mutation.rate: Money, of RateError, does not implement UserError'],
    ],
    [
      'a mutation that cannot be repeated',
      mutation('rate("A." input: RateInput!): RatePayload', payload.replace('idempotencyKey', 'key')),
      [],
      [expect.stringMatching(/^Mutation.rate: its input has neither/)],
    ],
    [
      'a mutation for staff without an audit log',
      mutation('rate("A." input: RateInput!): RatePayload @requiresScopes(scopes: [["reviews:moderate"]])'),
      ['requiresScopes'],
      ['Mutation.rate: is for staff, and there is no Query.reviewsAudit'],
    ],
    [
      'a page of nothing',
      query(`a("F." first: Int = 0, "A." after: String): AConnection ${sized}`),
      [],
      ['Query.a: first = 0, which is not in 1 to 100'],
    ],
    [
      'a page without a size',
      query(`a("A." after: String): AConnection ${sized}`),
      [],
      ['Query.a: takes no first'],
    ],
    [
      'a connection and an edge of other forms',
      '"C." type AConnection { "E." edges: [AEdge]! @listSize(assumedSize: 9) } "E." type AEdge { "C." cursor: ID! }',
      [],
      [
        expect.stringMatching(/^AConnection.edges: from a row/),
        'AConnection.edges: is [AEdge]!, not [AEdge!]!',
        'AConnection.pageInfo: is missing, not PageInfo!',
        'AEdge.cursor: is ID!, not String!',
      ],
    ],
    [
      'a payload without errors',
      mutation('rate("A." input: RateInput!): RatePayload', payload.replace('userErrors', 'errors')),
      [],
      ['Mutation.rate: RatePayload has no userErrors'],
    ],
    [
      'errors that may be null',
      mutation('rate("A." input: RateInput!): RatePayload', payload.replace('[RateError!]!', '[RateError!]')),
      [],
      ['Mutation.rate: RatePayload.userErrors is [RateError!], not [RateError!]!'],
    ],
    [
      'errors of no union',
      mutation(
        'rate("A." input: RateInput!): RatePayload',
        payload.replace('[RateError!]!', '[ValidationError!]!'),
      ),
      [],
      ['Mutation.rate: RatePayload.userErrors is not a list of a union'],
    ],
    [
      'an argument of another name',
      mutation('rate("A." rating: RateInput!): RatePayload'),
      [],
      ['Mutation.rate: takes other arguments than one, called input'],
    ],
    [
      'D: a version that may be null',
      '"R." type Review { "V." version: Int }',
      [],
      [expect.stringMatching(/^Review.version: from a row/)],
    ],
    [
      'money that overflows',
      '"A." type A { "T." grandTotal: Int! }',
      [],
      ['A.grandTotal: an amount must be Money or Decimal, not Int'],
    ],
    [
      'money that loses cents',
      '"A." type A { "P." unitPrice: Float! }',
      [],
      ['A.unitPrice: an amount must be Money or Decimal, not Float'],
    ],
  ])('%s', (_, sdl, directives, faults) => {
    expect(faultsOf(sdl, directives)).toEqual(faults)
  })

  test('another federation version, and a shared block that was changed', () => {
    expect(conventionFaults('reviews', query('a: Int'))).toEqual([
      expect.stringMatching(/^schema: must link/),
      expect.stringMatching(/^schema: does not contain/),
    ])
  })
})

test('a mutation of the right form has no faults', () => {
  const rate = 'rate("A." input: RateInput!): RatePayload'
  expect(faultsOf(mutation(rate))).toEqual([])
  expect(faultsOf(mutation(`${rate} @requiresScopes(scopes: [["self"]])`), ['requiresScopes'])).toEqual([])
})

test('a mutation for staff with an audit log, and fields of other owners, have no faults', () => {
  const rate = 'rate("A." input: RateInput!): RatePayload @requiresScopes(scopes: [["reviews:moderate"]])'
  expect(faultsOf(`${mutation(rate)} ${query('reviewsAudit: Int')}`, ['requiresScopes'])).toEqual([])
  const version = 'expectedRatingVersion'
  expect(
    faultsOf(
      mutation('rate("A." input: RateInput!): RatePayload', payload.replace('idempotencyKey', version)),
    ),
  ).toEqual([])
  const external = `${product} "S." slug: String! @external } "R." type Review { "P." product: Product! @external }`
  expect(faultsOf(external, ['key', 'external'])).toEqual([])
})

describe('what several subgraphs describe', () => {
  const faults = (...sdls: string[]) =>
    sharedDescriptions(sdls.map((sdl, index) => outline(`s${index}`, sdl)))

  test('is described alike in the shop', () => {
    expect(sharedDescriptions(subgraphs.map((name) => outline(name, schemaOf(name))))).toEqual([])
  })

  test.each([
    [
      '"A." type Query { "F." a: Int }',
      'type Query { "F." a: Int }',
      'Query: is described in several ways: s0 "A."; s1 says nothing',
    ],
    [
      '"A." type T { "F." a: Int }',
      '"A." type T { "G." a: Int }',
      'T.a: is described in several ways: s0 "F."; s1 "G."',
    ],
    [
      'type T { "F." a("X." b: Int): Int }',
      'type T { "F." a("Y." b: Int): Int }',
      'T.a(b:): is described in several ways: s0 "X."; s1 "Y."',
    ],
    [
      '"E." enum E { "A." A }',
      '"E." enum E { "B." A }',
      'E.A: is described in several ways: s0 "A."; s1 "B."',
    ],
  ])('%s and %s are different descriptions', (one, other, fault) => {
    expect(faults(one, other)).toEqual([fault])
  })

  test('an external field is not merged, and may say anything', () => {
    expect(faults('type T { "F." a: Int }', 'type T { "G." a: Int @external }')).toEqual([])
  })
})
