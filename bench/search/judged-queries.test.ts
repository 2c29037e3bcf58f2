import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { catalogueFacts } from './catalogue-facts.ts'
import { JUDGED_QUERIES } from './judged-queries.ts'

const facts = catalogueFacts({ seed: 1, size: 'demo', today: Date.parse('2026-11-21') })
const meant = JUDGED_QUERIES.map(({ kind, query, means }) => {
  return { kind, query, ids: facts.filter(means).map(({ id }) => id) }
})

test('each query is judged once, and means some products but not all', () => {
  expect(new Set(meant.map(({ query }) => query)).size).toBe(meant.length)
  expect(meant.filter(({ ids }) => ids.length === 0 || ids.length === facts.length)).toEqual([])
})

// Qualities of two versions are compared by the same judgements. Where queries are changed on purpose, these lines change with them:
// number of queries, of products that they mean, and the beginning of the SHA-256 of both.
test.each([
  ['exact', '15 308 28de681a65f5'],
  ['synonym', '19 536 677642b2ec0a'],
  ['plural', '8 133 8aba4141a45f'],
  ['two attributes', '12 84 cd883d0a745a'],
  ['typing error', '29 590 600a89f3bbae'],
  ['German', '25 611 ab3d674953c8'],
  ['exclusion', '7 98 58a99abe1f35'],
  ['split or joined', '19 400 e3ebce4d9079'],
  ['size', '13 647 91ac91728e39'],
  ['price', '5 66 8ba4352b6fa5'],
])('the judgements of %s queries', (kind, digest) => {
  const some = meant.filter((one) => one.kind === kind)
  const text = some.map(({ query, ids }) => [query, ...ids].join()).join('\n')
  const products = some.reduce((sum, { ids }) => sum + ids.length, 0)
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 12)
  expect(`${some.length} ${products} ${hash}`).toBe(digest)
})
