import { describe, expect, test } from 'vitest'
import { buildSupergraph } from '../supergraph/supergraph.ts'
import { composed } from '../testing/router.ts'
import { ANONYMOUS, userIdentity } from './identity.ts'
import { both, describeScopes, type Requirement, refusalOf } from './requirement.ts'

function requirementsOf(imports: string, sdl: string): ReadonlyMap<string, Requirement> {
  const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${imports}])`
  return buildSupergraph(composed([{ name: 'a', url: 'http://a.test', file: 'a', sdl: `${link} ${sdl}` }]))
    .requirements
}

describe('requirements', () => {
  test('are read under whatever name a directive was imported', () => {
    const requirements = requirementsOf(
      '{ name: "@authenticated", as: "@signedIn" }, { name: "@requiresScopes", as: "@needs" }, { name: "@policy", as: "@rule" }',
      `type Query { a: Int @signedIn b: Int @needs(scopes: [["x"]]) c: Int d: Int @rule(policies: [["always"]]) }`,
    )
    expect([...requirements]).toEqual([
      ['Query.a', { choices: [], closed: false }],
      ['Query.b', { choices: [[['x']]], closed: false }],
      ['Query.d', { choices: [], closed: true }],
    ])
  })

  test('of a field, its type and what it returns are all asked', () => {
    const requirements = requirementsOf(
      '"@authenticated", "@requiresScopes"',
      `type Query { t: T }
       type T @requiresScopes(scopes: [["t"]]) { f: E @requiresScopes(scopes: [["f"]]) }
       enum E @authenticated { X }`,
    )
    expect(requirements.get('Query.t')).toEqual({ choices: [[['t']]], closed: false })
    expect(requirements.get('T.f')?.choices).toEqual([[['t']], [['f']]])
  })

  test.each([
    ['an object', 'type T @authenticated { f: Int }'],
    [
      'an interface of such an object',
      'interface T { f: Int } type A implements T @authenticated { f: Int }',
    ],
    ['an enum', 'enum T @authenticated { X }'],
    ['a scalar', 'scalar T @authenticated'],
  ])('of %s apply to each field that returns it, in lists too', (_, type) => {
    const requirements = requirementsOf(
      '"@authenticated"',
      `type Query { one: T many: [[T!]!]! other: Int } ${type}`,
    )
    const closed = { choices: [], closed: false }
    expect([...requirements].filter(([coordinate]) => coordinate.startsWith('Query.'))).toEqual([
      ['Query.one', closed],
      ['Query.many', closed],
    ])
  })

  test('reach an interface from its implementations, one requirement once', () => {
    const requirements = requirementsOf(
      '"@requiresScopes"',
      `type Query { i: I }
       interface I { f: Int g: Int }
       type A implements I { f: Int @requiresScopes(scopes: [["x"]]) g: Int own: Int @requiresScopes(scopes: [["y"]]) }
       type B implements I { f: Int @requiresScopes(scopes: [["x"]]) g: Int }`,
    )
    expect([...requirements.keys()].sort()).toEqual(['A.f', 'A.own', 'B.f', 'I.f'])
    expect(requirements.get('I.f')?.choices).toEqual([[['x']]])
  })

  test('of all directives of each implementation reach an interface, beside its own', () => {
    const link = (feature: string) => `@link(url: "https://specs.apollo.dev/${feature}/v0.1", for: SECURITY)`
    const sdl = composed([
      {
        ...{ name: 'a', url: 'http://a.test', file: 'a' },
        sdl: `type Query { i: I } interface I { f: Int g: Int } type A implements I { f: Int g: Int }
              type B implements I { f: Int g: Int }`,
      },
    ])
      .replace('schema\n', `schema ${['authenticated', 'requiresScopes', 'policy'].map(link).join(' ')}\n`)
      .replace(/(interface I\s[^{]*{[^}]*g: Int)/, '$1 @authenticated')
      .replace(
        /(type A\s[^{]*{\s*f: Int)/,
        '$1 @policy(policies: [["p"]]) @requiresScopes(scopes: [["a"]]) @authenticated',
      )
      .replace(/(type B\s[^{]*{\s*f: Int)/, '$1 @requiresScopes(scopes: [["b"]]) @policy(policies: [["p"]])')
      .concat(
        'directive @authenticated on ENUM | FIELD_DEFINITION | INTERFACE | OBJECT | SCALAR\n',
        'directive @requiresScopes(scopes: [[requiresScopes__Scope!]!]!) on ENUM | FIELD_DEFINITION | INTERFACE | OBJECT | SCALAR\n',
        'scalar requiresScopes__Scope\n',
        'directive @policy(policies: [[policy__Policy!]!]!) on ENUM | FIELD_DEFINITION | INTERFACE | OBJECT | SCALAR\n',
        'scalar policy__Policy\n',
      )
    const { requirements } = buildSupergraph(sdl)
    expect(requirements.get('I.f')).toEqual({ choices: [[['a']], [['b']]], closed: true })
    expect(requirements.get('I.g')).toEqual({ choices: [], closed: false })
  })

  test('of an interface do not reach the interfaces that it implements', () => {
    const sdl = composed([
      {
        ...{ name: 'a', url: 'http://a.test', file: 'a' },
        sdl: `type Query { node: Node } interface Node { id: ID } interface Bill implements Node { id: ID }
              type Cheque implements Node & Bill { id: ID } type Sock implements Node { id: ID }`,
      },
    ])
      .replace(
        'schema\n',
        'schema @link(url: "https://specs.apollo.dev/authenticated/v0.1", for: SECURITY)\n',
      )
      .replace(/(interface Bill\s[^{]*{[^}]*id: ID)/, '$1 @authenticated')
      .concat('directive @authenticated on ENUM | FIELD_DEFINITION | INTERFACE | OBJECT | SCALAR\n')
    // A sock is no bill.
    expect([...buildSupergraph(sdl).requirements.keys()]).toEqual(['Bill.id'])
  })

  test('of a supergraph without access directives are none', () => {
    expect(requirementsOf('', 'type Query { a: Int }').size).toBe(0)
  })
})

describe('a requirement', () => {
  const either: Requirement = { choices: [[['a', 'b'], ['c']]], closed: false }
  const table: [string, Requirement, string | null, string | null][] = [
    ['nobody', { choices: [], closed: false }, null, 'UNAUTHENTICATED'],
    ['nobody, where scopes are asked', either, null, 'UNAUTHENTICATED'],
    ['anybody', { choices: [], closed: false }, '', null],
    ['no scope', either, '', 'FORBIDDEN'],
    ['half an alternative', either, 'a', 'FORBIDDEN'],
    ['a whole alternative', either, 'b a', null],
    ['the other alternative', either, 'x c', null],
    ['a scope that only begins alike', either, 'cc', 'FORBIDDEN'],
    ['one of two directives', { choices: [[['a']], [['b']]], closed: false }, 'a', 'FORBIDDEN'],
    ['both of two directives', { choices: [[['a']], [['b']]], closed: false }, 'a b', null],
    ['anything, where it is closed', { choices: [], closed: true }, 'a b c', 'FORBIDDEN'],
    ['anything, where no alternative is given', { choices: [[]], closed: false }, 'a', 'FORBIDDEN'],
  ]
  for (const [who, requirement, scope, expected] of table) {
    test(`answers ${expected ?? 'yes'} to ${who}`, () => {
      const identity = scope === null ? ANONYMOUS : userIdentity('usr_1', null, scope)
      expect(refusalOf(requirement, identity)).toBe(expected)
    })
  }

  test('of two is closed where either is', () => {
    const [open, closed] = [false, true].map((isClosed) => ({ choices: [], closed: isClosed }))
    const all = [
      [open, closed],
      [closed, open],
      [open, open],
    ] as const
    expect(all.map(([one, other]) => both(one ?? null, other ?? null)?.closed)).toEqual([true, true, false])
  })

  test('is described in words', () => {
    expect(describeScopes(either)).toBe('a and b, or c')
    expect(describeScopes({ choices: [[['a']], [['b']]], closed: false })).toBe('a; and b')
  })
})
