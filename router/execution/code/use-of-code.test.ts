import { expect, test } from 'vitest'
import type { RequestContext } from '../../request-context.ts'
import { answeredByTexts, withStars } from '../../testing/answered-by-texts.ts'
import { rootFetch } from '../../testing/plan-tree.ts'

const QUERY = '{ products { id stars } }'
const PLAN = withStars(rootFetch('{products{__typename id}}'), 'products')
const PRODUCTS = '{"data":{"products":[{"__typename":"Product","id":"1"}]}}'
const STARS = '{"data":{"_entities":[{"stars":5,"must":1}]}}'

// The fetches of this test do not read the context.
const CONTEXT = {} as RequestContext

test('what keeps being not as expected is tried ever less often', async () => {
  const texts = { products: PRODUCTS.replace('"id":"1"', '"id": "1"'), stars: STARS }
  const { program, taken } = await answeredByTexts(QUERY, PLAN, texts, 0)
  for (let run = 0; run < 30; run++) await program.run({}, CONTEXT)
  // Tried, skipped once, tried, skipped twice, and so on: at 1, 3, 6, 11 and 20 of 31.
  expect(taken.filter((isTaken) => !isTaken)).toHaveLength(5)
})

test.each([0, 1])('an answer of up to a million characters is read by code: %i more', async (more) => {
  const start = '{"data":{"products":[{"__typename":"Product","id":"1","name":"'
  const end = '"}]}}'
  const products = start + 'x'.repeat(1_000_000 + more - start.length - end.length) + end
  const plan = { root: rootFetch('{products{__typename id name}}') }
  const { answer, taken } = await answeredByTexts('{ products { name } }', plan, { products }, 0)
  expect(answer.data.products[0].name).toHaveLength(1_000_000 + more - start.length - end.length)
  expect(taken).toEqual([more === 0])
})

test.each([
  ['fails', ''],
  ['is answered with errors alone', '{"errors":[{"message":"x"}],"data":null}'],
  ['is answered with errors beside data', STARS.replace(/}$/, ',"errors":[{"message":"x"}]}')],
])('code is used again at once after a call that %s', async (_, stars) => {
  const texts = { products: PRODUCTS, stars }
  const { program, taken } = await answeredByTexts(QUERY, PLAN, texts, 0)
  expect(taken).toEqual([true, false])
  texts.stars = STARS
  await program.run({}, CONTEXT)
  expect(taken.slice(2)).toEqual([true, true])
})

test('an answer has nothing of an answer before, of which a part was missing where it must not be', async () => {
  const texts = {
    products: '{"data":{"products":[{"__typename":"Product","id":"1"},{"__typename":"Product","id":"2"}]}}',
    stars: '{"data":{"_entities":[{"stars":5,"must":1},null]}}',
  }
  const { program, taken } = await answeredByTexts('{ products { stars must } }', PLAN, texts, 0)
  // The next run is without the code.
  await program.run({}, CONTEXT)
  texts.stars = '{"data":{"_entities":[{"stars":4,"must":2},{"stars":3,"must":3}]}}'
  expect(JSON.parse((await program.run({}, CONTEXT)).data ?? '')).toEqual({
    products: [
      { stars: 4, must: 2 },
      { stars: 3, must: 3 },
    ],
  })
  expect(taken).toEqual([true, true, true, true])
})
