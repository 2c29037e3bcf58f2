import { CURRENCIES } from '@argyle/kit/money'
import { expect, test } from 'vitest'
import { changePrice } from './price.ts'
import { aProduct, aVariant } from './testing/examples.ts'

const markedDown = { USD: { minor: 900n, compareAtMinor: 1200n } }
const edit = { variantId: aVariant(2).id, expectedVersion: 3, prices: markedDown }

test('a new price in one currency leaves the others; the event has all prices before and after', () => {
  const decision = changePrice(aProduct(), edit)

  if (!decision.ok) throw new Error('refused')
  const { product, events } = decision.value
  expect(product.variants[0]).toEqual(aVariant(1))
  expect(product.variants[1]?.prices).toEqual({ ...aVariant(2).prices, ...markedDown })
  expect(product.version).toBe(4)
  expect(events).toMatchObject([
    { type: 'products.product.changed', sequence: 4 },
    {
      type: 'products.price.changed',
      subject: product.id,
      sequence: 4,
      data: {
        productId: product.id,
        variantId: aVariant(2).id,
        sku: 'HARBOUR-2',
        prices: [
          { amountMinor: '900', currencyCode: 'USD' },
          { amountMinor: '1100', currencyCode: 'EUR' },
          { amountMinor: '1800', currencyCode: 'JPY' },
        ],
        previousPrices: [{ amountMinor: '1200', currencyCode: 'USD' }, {}, {}],
      },
    },
  ])
})

test('setting the current price changes nothing and publishes nothing', () => {
  const before = aProduct()
  const prices = { USD: { minor: 1200n, compareAtMinor: null } }

  expect(changePrice(before, { ...edit, prices })).toEqual({
    ok: true,
    value: { product: before, events: [] },
  })
})

test.each(CURRENCIES)('another amount in %s alone is a change', (currency) => {
  const prices = { [currency]: { minor: 900n, compareAtMinor: null } }
  const decision = changePrice(aProduct(), { ...edit, prices })

  expect(decision).toMatchObject({ ok: true, value: { product: { version: 4 }, events: [{}, {}] } })
})

test('the end of a sale keeps the amount and drops the price struck through', () => {
  const onSale = aVariant(2, { prices: { ...aVariant(2).prices, ...markedDown } })
  const prices = { USD: { minor: 900n, compareAtMinor: null } }
  const decision = changePrice(aProduct({ variants: [onSale] }), { ...edit, prices })

  expect(decision).toMatchObject({ ok: true, value: { product: { version: 4, variants: [{ prices }] } } })
})

test('a price change with an old version, or of an archived product, is refused', () => {
  expect(changePrice(aProduct({ version: 5 }), edit)).toMatchObject({ errors: [{ currentVersion: 5 }] })
  expect(changePrice(aProduct({ status: 'ARCHIVED' }), edit)).toMatchObject({
    errors: [{ __typename: 'ProductStatusError', status: 'ARCHIVED' }],
  })
})
