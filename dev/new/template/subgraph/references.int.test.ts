import { anonymous, type Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenGadgetry, openGadgetry } from './testing/open-gadgetry.ts'

let shop: OpenGadgetry
const owner = customer(newId('usr'))
const ids: string[] = []

beforeAll(async () => {
  shop = await openGadgetry()
  for (let count = 0; count < 5; count++) ids.push((await shop.aGadget(owner)).id)
})
afterAll(() => shop.close())

/** Resolves references as the router does. An element is null where the reference resolves to null. */
async function titles(asked: readonly string[], viewer: Viewer): Promise<(string | null)[]> {
  const representations = asked.map((id) => ({ __typename: 'Gadget', id }))
  const query = `query ($representations: [_Any!]!) {
    _entities(representations: $representations) { ... on Gadget { title } } }`
  const { data, errors } = await shop.execute(query, { representations }, viewer)
  expect(errors).toEqual([])
  return data._entities.map((entity: { title: string } | null) => entity?.title ?? null)
}

test('references by unknown, foreign or malformed ids are null, each at its index', async () => {
  const [id = ''] = ids
  expect(await titles([newId('gdt'), id, newId('prd'), 'gdt_\u0000', ''], owner)).toEqual([
    null,
    'Warm',
    null,
    null,
    null,
  ])
})

test('other customers and anonymous callers read null', async () => {
  const [id = ''] = ids
  expect(await titles([id], customer(newId('usr')))).toEqual([null])
  expect(await titles([id], anonymous)).toEqual([null])
  const { data } = await shop.execute(`{ gadget(id: "${id}") { title } }`, {}, customer(newId('usr')))
  expect(data).toEqual({ gadget: null })
})

test('all references of an operation cost one statement', async () => {
  expect(await shop.sqlCount(() => titles(ids, owner))).toBe(1)
})

test('the pages of a list contain every gadget once, newest first', async () => {
  const query = `query ($after: String) { gadgets(first: 2, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } edges { node { id } } } }`
  const seen: string[] = []
  for (let after: string | null = null, isLast = false; !isLast; ) {
    const { data, errors } = await shop.execute(query, { after }, owner)
    expect(errors).toEqual([])
    const { totalCount, pageInfo, edges } = data.gadgets
    expect(totalCount).toBe(ids.length)
    seen.push(...edges.map(({ node }: { node: { id: string } }) => node.id))
    after = pageInfo.endCursor
    isLast = !pageInfo.hasNextPage
  }
  expect(seen).toEqual(ids.toReversed())
})

test('the list requires a signed-in viewer', async () => {
  const { data, errors } = await shop.execute('{ gadgets { totalCount } }', {}, anonymous)
  expect(data).toEqual({ gadgets: null })
  expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }])
})
