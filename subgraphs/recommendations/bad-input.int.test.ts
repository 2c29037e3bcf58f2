import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { type Refused, refusalsPage } from '@argyle/kit/testing/refusals'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OpenRecommendations, openRecommendations } from './testing/open-recommendations.ts'

let shop: OpenRecommendations
let productId: string
beforeAll(async () => {
  shop = await openRecommendations()
  productId = (await shop.products(1))[0] ?? ''
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

const sessionId = 'session-0123456789'
const UUID = '019a3f5e-8f00-7c3b-9b1e-5d6c7a8b9c0d'

/** Bad inputs of `recordView`, with the field and the relevant part of the refusal. */
const BAD: [object, string[], RegExp][] = [
  [{ productId: '' }, ['productId'], /productId is "".*prd_/],
  [{ productId: 42 }, ['productId'], /productId is "42".*prd_/],
  [{ productId: 'nonsense' }, ['productId'], /"nonsense".*prd_/],
  [{ productId: `usr_${UUID}` }, ['productId'], /usr_ starts the id of something else/],
  [{ productId: `prd_${UUID}` }, ['productId'], /there is no product on sale "prd_019a3f5e/],
  [{ sessionId: '' }, ['sessionId'], /sessionId is "".*16 to 64/],
  [{ sessionId: 'x'.repeat(15) }, ['sessionId'], /16 to 64 characters/],
  [{ sessionId: 'x'.repeat(65) }, ['sessionId'], /16 to 64 characters/],
  [{ sessionId: 'ada.lovelace@argyle.example' }, ['sessionId'], /A-Z, a-z, 0-9, _ and -/],
  [{ sessionId: 'x'.repeat(20_000) }, ['sessionId'], /16 to 64 characters/],
  [{ sessionId: `${'x'.repeat(16)}\n` }, ['sessionId'], /16 to 64 characters/],
  [{ consent: false }, ['consent'], /consent is false: allowed is true/],
]

describe('recordView refuses, with the bad value and what is allowed', () => {
  test.each(BAD)('%j', async (bad, path, message) => {
    const { data, errors } = await shop.view({ productId, sessionId, consent: true, ...bad })
    expect(errors).toEqual([])
    expect(data.recordView).toMatchObject({ isRecorded: false, userErrors: [{ path }] })
    expect(data.recordView.userErrors[0].message).toMatch(message)
    expect(await shop.sql('SELECT FROM product_view')).toEqual([])
  })

  test.each([
    [{ consent: null }, /consent/],
    [{ consent: 'yes' }, /yes/],
    [{ sessionId: null }, /sessionId/],
    [{ more: 1 }, /more/],
  ])('%j, by its type', async (bad, message) => {
    const { errors } = await shop.view({ productId, sessionId, consent: true, ...bad })
    expect(errors[0]?.message).toMatch(message)
    expect(errors[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT' })
  })

  test('no consent', async () => {
    const { errors } = await shop.view({ productId, sessionId })
    expect(errors[0]?.message).toMatch(/"consent" of required type "Boolean!" was not provided/)
  })
})

test('the whole messages are those of refusals.md', async () => {
  const all: Refused[] = []
  for (const [bad] of BAD)
    all.push([
      `recordView ${JSON.stringify(bad)}`,
      await shop.view({ productId, sessionId, consent: true, ...bad }),
    ])
  const page = refusalsPage('subgraphs/recommendations/bad-input.int.test.ts', all)
  await expect(page).toMatchFileSnapshot('refusals.md')
})

describe('first', () => {
  test.each([0, -1, 51, 1_000_000])('of %d is refused', async (first) => {
    const message = `first is ${first}: allowed is 1 to 50`
    await expect(shop.related(productId, first)).rejects.toThrow(message)
    const user = newId('usr')
    const { data, errors } = await shop.recommended(user, first, customer(user))
    expect(data._entities[0].recommendations).toBeNull()
    expect(errors).toMatchObject([{ message, extensions: { code: 'BAD_USER_INPUT' } }])
  })

  test('of null is the default', async () => {
    await shop.products(60)
    const user = newId('usr')
    const { data } = await shop.recommended(user, null, customer(user))
    expect(data._entities[0].recommendations).toHaveLength(12)
    expect(await shop.related(productId, null)).toHaveLength(8)
    expect(await shop.related(productId, 50)).toHaveLength(50)
  })
})
