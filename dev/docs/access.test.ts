import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { foldersWith, root } from '../repository.ts'
import { accessPage, needsOf } from './access.ts'

test('a field needs a signed-in user, one scope, several together, or one of several', () => {
  const sdl = `
    type Query {
      products: [Product!]
      me: User @authenticated
      audit: [Entry!] @requiresScopes(scopes: [["audit:read"]])
      stock: Stock @requiresScopes(scopes: [["analytics:read", "inventory:read"], ["admin"]])
    }
    type Cost @requiresScopes(scopes: [["catalog:write"]]) { amount: Int }`
  expect(needsOf(sdl)).toEqual([
    ['Query.me', 'a signed-in user'],
    ['Query.audit', '`audit:read`'],
    ['Query.stock', '`analytics:read` and `inventory:read`, or `admin`'],
    ['Cost', '`catalog:write`'],
  ])
})

test('docs/contracts/access.md has what the schemas require', async () => {
  const schemas = foldersWith('subgraphs', 'schema.graphql').map((name) => {
    return { name, sdl: readFileSync(path.join(root, 'subgraphs', name, 'schema.graphql'), 'utf8') }
  })
  await expect(accessPage(schemas)).toMatchFileSnapshot(path.join(root, 'docs/contracts/access.md'))
})
