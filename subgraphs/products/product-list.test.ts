import { expect, test } from 'vitest'
import { type FilterInput, listingOf } from './product-list.ts'

const option = (length: number) => ({ name: 'Size', value: 'x'.repeat(length) })
const options = (count: number) => Array.from({ length: count }, (_, index) => option(index + 1))

test('a filter takes up to five options of up to 60 characters, and a range of one price', () => {
  expect(listingOf({ options: [option(60)] }, false).options).toEqual([option(60)])
  expect(listingOf({ options: options(5) }, false).options).toHaveLength(5)
  expect(listingOf({ minPrice: '0', maxPrice: '0.00' }, false)).toMatchObject({ minPrice: 0, maxPrice: 0 })
})

test.each<[FilterInput, string]>([
  [{ options: [option(61)] }, 'characters): allowed are texts of 1 to 60 characters'],
  [
    { options: [option(0)] },
    'filter.options holds {"name":"Size","value":""}: allowed are texts of 1 to 60 characters',
  ],
  ...[
    { name: 'a\0', value: 'M' },
    { name: 'Size', value: 'a\0' },
    { name: 'Size', value: 'a\ud800' },
  ].map((fault): [FilterInput, string] => [{ options: [fault] }, 'allowed are texts of 1 to 60 characters']),
  [{ options: options(6) }, 'filter.options has 6 entries: allowed is at most 5'],
  [{ minPrice: '5', maxPrice: '4.99' }, 'filter.minPrice is "5": allowed is at most maxPrice, "4.99"'],
])('the filter %j is refused, and says what is allowed', (filter, message) => {
  expect(() => listingOf(filter, false)).toThrow(message)
})

test('a field of a filter that is null is like one that is left out', () => {
  const filter = { status: null, currency: null, minPrice: null, maxPrice: null, options: null }
  expect(listingOf(filter, false)).toEqual(listingOf({}, false))
})

test('only staff can filter products by status', () => {
  expect(listingOf({ status: 'DRAFT' }, true).status).toBe('DRAFT')
  expect(() => listingOf({ status: 'ACTIVE' }, false)).toThrow(
    expect.objectContaining({ extensions: { code: 'FORBIDDEN' } }),
  )
})
