import { buildSubgraphSchema } from '@apollo/subgraph'
import { graphql, parse } from 'graphql'
import { describe, expect, test } from 'vitest'
import { enforceAuthorization } from './authorization.ts'
import { anonymous, type Viewer } from './identity.ts'

const link = (imports: string) =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${imports}])`
const imported = link('"@key", "@authenticated", "@requiresScopes"')

const thing = { __typename: 'Thing', name: 'sock', colour: 'red', kind: 'SOCK' }

/**
 * The result of `Query.thing` for a viewer, in a subgraph with this schema whose resolvers all return values.
 */
async function ask(sdl: string, query: string, viewer: Viewer) {
  const schema = enforceAuthorization(
    buildSubgraphSchema([
      { typeDefs: parse(sdl), resolvers: { Query: { thing: () => thing, things: () => [thing, thing] } } },
    ]),
  )
  const { data, errors = [] } = await graphql({ schema, source: query, contextValue: { viewer } })
  const codes = errors.map(({ path, extensions }) => `${path?.join('.')} ${extensions.code}`)
  return { data: JSON.parse(JSON.stringify(data)), codes }
}

const viewer = (...scopes: string[]): Viewer => ({
  kind: 'user',
  id: 'usr_1',
  sessionId: 'ses_1',
  scopes: new Set(scopes),
})

describe('a rule', () => {
  const places = {
    'on a field': `${imported} type Query { thing: Thing } type Thing { name: String RULE colour: String }`,
    'on the object': `${imported} type Query { thing: Thing } type Thing RULE { name: String colour: String }`,
    'on the root field': `${imported} type Query { thing: Thing RULE } type Thing { name: String colour: String }`,
    'on the enum that the field returns': `${imported} type Query { thing: Thing } type Thing { name: String kind: Kind }
      enum Kind RULE { SOCK }`,
    'on the scalar of a list': `${imported} type Query { thing: Thing } type Thing { name: String sizes: [Size!] }
      scalar Size RULE`,
  }
  const asks: Record<keyof typeof places, [query: string, path: string, open: unknown]> = {
    'on a field': ['{ thing { name colour } }', 'thing.name', { thing: { name: null, colour: 'red' } }],
    'on the object': ['{ thing { name } }', 'thing', { thing: null }],
    'on the root field': ['{ thing { name } }', 'thing', { thing: null }],
    'on the enum that the field returns': [
      '{ thing { name kind } }',
      'thing.kind',
      { thing: { name: 'sock', kind: null } },
    ],
    'on the scalar of a list': [
      '{ thing { name sizes } }',
      'thing.sizes',
      { thing: { name: 'sock', sizes: null } },
    ],
  }

  // The keys are those of the table above.
  test.each(Object.keys(places) as (keyof typeof places)[])(
    '%s closes that place and no other',
    async (place) => {
      const [query, path, closed] = asks[place]
      const authenticated = places[place].replace('RULE', '@authenticated')
      expect(await ask(authenticated, query, anonymous)).toEqual({
        data: closed,
        codes: [`${path} UNAUTHENTICATED`],
      })
      expect((await ask(authenticated, query, viewer())).codes).toEqual([])

      const scoped = places[place].replace('RULE', '@requiresScopes(scopes: [["a"]])')
      expect((await ask(scoped, query, anonymous)).codes).toEqual([`${path} UNAUTHENTICATED`])
      expect(await ask(scoped, query, viewer('b'))).toEqual({ data: closed, codes: [`${path} FORBIDDEN`] })
      expect((await ask(scoped, query, viewer('a'))).codes).toEqual([])
    },
  )

  test('on an extension of the object holds as well', async () => {
    const sdl = `${imported} type Query { thing: Thing } type Thing { name: String }
      extend type Thing @authenticated { colour: String }`
    expect((await ask(sdl, '{ thing { name } }', anonymous)).codes).toEqual(['thing UNAUTHENTICATED'])
  })

  test('of an object holds where an interface or a union leads to it', async () => {
    const sdl = `${imported} type Query { thing: Named things: [Any] } interface Named { name: String } union Any = Thing
      type Thing implements Named @authenticated { name: String }`
    const query = '{ thing { name } things { ... on Thing { name } } }'
    expect(await ask(sdl, query, anonymous)).toEqual({
      data: { thing: { name: null }, things: [{ name: null }, { name: null }] },
      codes: ['thing.name', 'things.0.name', 'things.1.name'].map((path) => `${path} UNAUTHENTICATED`),
    })
  })

  test.each([
    ['an interface', 'interface Named RULE { name: String }'],
    ['a field of an interface', 'interface Named { name: String RULE }'],
  ])('on %s, which composition refuses, closes the objects behind it', async (_, declared) => {
    const sdl = `${imported} type Query { thing: Thing } ${declared.replace('RULE', '@authenticated')}
      type Thing implements Named { name: String }`
    expect((await ask(sdl, '{ thing { name } }', anonymous)).codes).toEqual(['thing.name UNAUTHENTICATED'])
    expect((await ask(sdl, '{ thing { name } }', viewer())).codes).toEqual([])
  })

  test('holds for an entity that is asked for by its key', async () => {
    const sdl = `${imported} type Query { thing: Thing } type Thing @key(fields: "name") { name: String @authenticated }`
    const query =
      '{ _entities(representations: [{ __typename: "Thing", name: "x" }]) { ... on Thing { name } } }'
    expect((await ask(sdl, query, anonymous)).codes).toEqual(['_entities.0.name UNAUTHENTICATED'])
  })

  test.each([
    ['imported under its own name', imported, '@authenticated'],
    ['not imported', link('"@key"'), '@federation__authenticated'],
    ['renamed', link('{ name: "@authenticated", as: "@signedIn" }'), '@signedIn'],
  ])('counts when its directive is %s', async (_, head, directive) => {
    const sdl = `${head} type Query { thing: Thing ${directive} } type Thing { name: String }`
    expect((await ask(sdl, '{ thing { name } }', anonymous)).codes).toEqual(['thing UNAUTHENTICATED'])
  })
})

test('a directive that another specification names alike is no rule', async () => {
  const other = `@link(url: "https://specs.example.com/other/v1.0", import: ["@authenticated"])`
  const sdl = `${link('"@key"')} extend schema ${other} directive @authenticated on FIELD_DEFINITION
    type Query { thing: Thing @authenticated } type Thing { name: String }`
  expect((await ask(sdl, '{ thing { name } }', anonymous)).codes).toEqual([])
})

describe('@requiresScopes', () => {
  const sdl = (scopes: string) =>
    `${imported} type Query { thing: Thing @requiresScopes(scopes: ${scopes}) } type Thing { name: String }`
  test.each([
    ['all of one list', '[["a", "b"]]', ['a', 'b'], true],
    ['not all of one list', '[["a", "b"]]', ['a'], false],
    ['either of two lists', '[["a"], ["b"]]', ['b'], true],
    ['a list in full among others', '[["a", "b"], ["c"]]', ['c'], true],
    ['parts of several lists', '[["a", "b"], ["c", "d"]]', ['a', 'c'], false],
    ['more than is wanted', '[["a"]]', ['x', 'a', 'y'], true],
    ['a scope that begins alike', '[["a"]]', ['ab', 'A', 'a:b'], false],
    ['no scope at all', '[["a"]]', [], false],
    ['a rule that no list can meet', '[]', ['a'], false],
  ])('%s: %s for %j is open: %s', async (_, scopes, held, open) => {
    const { codes } = await ask(sdl(scopes), '{ thing { name } }', viewer(...held))
    expect(codes).toEqual(open ? [] : ['thing FORBIDDEN'])
  })

  test('on object and field must both hold', async () => {
    const both = `${imported} type Query { thing: Thing }
      type Thing { name: String @requiresScopes(scopes: [["a"]]) detail: Detail @requiresScopes(scopes: [["b"]]) }
      type Detail @requiresScopes(scopes: [["c"]]) { text: String }`
    expect((await ask(both, '{ thing { name detail { text } } }', viewer('a', 'b'))).codes).toEqual([
      'thing.detail FORBIDDEN',
    ])
    expect((await ask(both, '{ thing { name detail { text } } }', viewer('a', 'b', 'c'))).codes).toEqual([])
  })
})
