import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { Kind, type OperationDefinitionNode, parse, validate } from 'graphql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readSdl } from '../../router/supergraph/read-sdl.ts'
import { buildSupergraph } from '../../router/supergraph/supergraph.ts'
import { fieldsOf, outline } from '../check/graph/schema-outline.ts'
import { type ClientsPage, clientsPage } from '../e2e/clients-page.ts'
import { root } from '../repository.ts'

/** Fields of `User` that are not exported, each with the reason. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  roles: 'only staff may read it',
  segments: 'only staff may read it: it is computed from what is exported',
  purchaseProfile: 'only staff may read it: it is computed from what is exported',
  recommendations: 'they are computed from what is exported',
}

type Exported = {
  readonly PERSON: string
  readonly MORE_MESSAGES: string
  readonly LISTS: Readonly<Record<string, readonly [string, string]>>
  pageOf(list: string, selection: readonly [string, string]): string
}

let page: ClientsPage
let exported: Exported
beforeAll(async () => {
  page = clientsPage('http://localhost:4000/graphql')
  // The page is the project's own.
  exported = (await page.load('export-my-data.ts')) as Exported
})
afterAll(() => page.remove())

const queries = () => [
  exported.PERSON,
  exported.MORE_MESSAGES,
  ...Object.entries(exported.LISTS).map(([list, selection]) => exported.pageOf(list, selection)),
]

test('the queries of the export are valid', async () => {
  const { sdl } = await readSdl(path.join(root, 'supergraph.yaml'))
  const { clientSchema } = buildSupergraph(sdl, false)
  for (const query of queries()) expect(validate(clientSchema, parse(query))).toEqual([])
})

test('the export has every field of a user in every subgraph', () => {
  const asked = queries().flatMap((query) => {
    const [operation] = parse(query).definitions
    const [me] = (operation as OperationDefinitionNode).selectionSet.selections
    if (me?.kind !== Kind.FIELD) throw new Error('the query does not begin with me')
    return (me.selectionSet?.selections ?? []).flatMap((one) =>
      one.kind === Kind.FIELD ? [one.name.value] : [],
    )
  })
  const known = new Set([...asked, ...Object.keys(LEFT_OUT)])
  const folders = readdirSync(path.join(root, 'subgraphs'), { withFileTypes: true })
  for (const { name } of folders.filter((entry) => entry.isDirectory() && entry.name !== 'kit')) {
    const sdl = readFileSync(path.join(root, 'subgraphs', name, 'schema.graphql'), 'utf8')
    const fields = fieldsOf(outline(name, sdl).types.get('User')).map((field) => field.name.value)
    expect([name, fields.filter((field) => !known.has(field))]).toEqual([name, []])
  }
})
