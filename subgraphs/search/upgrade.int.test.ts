import { fileURLToPath } from 'node:url'
import { oldDatabase } from '@argyle/kit/testing/old-database'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { testSubgraph } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Resources, search } from './subgraph.ts'

/** Counts of a deployment as it was before only texts of the catalogue's words were suggested. */
const OLD = `
INSERT INTO word (word, is_name, english, german) VALUES ('wool', true, 'wool', 'wool'), ('green', true, 'green', 'green');
INSERT INTO query_count (day, query, searches) VALUES
  (now(), 'wool grün', 9), (now(), 'green wool', 9), (now(), 'wool elsewhere', 9), (now(), 'wool ★', 9),
  (now() - interval '31 days', 'wool', 9)`

let shop: Awaited<ReturnType<typeof testSubgraph>>
beforeAll(async () => {
  const migrations = fileURLToPath(new URL('../../prisma/search/migrations', import.meta.url))
  const database = await oldDatabase(migrations, '20261128230000_republication', OLD)
  shop = await testSubgraph(search, { database })
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

test('texts of the last 30 days are suggested if their words are in the catalogue', async () => {
  // testSubgraph opened the definition of search.
  const { prisma } = shop.resources as Resources
  const known = await prisma.queryCount.findMany({ where: { inVocabulary: true }, select: { query: true } })
  expect(known).toEqual([{ query: 'green wool' }])
  expect(await prisma.suggestedQuery.findMany()).toEqual([{ query: 'green wool', searches: 9 }])
})
