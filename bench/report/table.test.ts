import { expect, test } from 'vitest'
import { figure, textOf } from './table.ts'

test.each([
  [0, '0'],
  [12345, '12345'],
  [1234.5678, '1235'],
  [123.456, '123'],
  [12.3456, '12.3'],
  [9.99999, '10.00'],
  [0.05678, '0.057'],
  [0.00001, '0.000'],
  [-1.234, '-1.23'],
  [Number.NaN, '–'],
  [Number.POSITIVE_INFINITY, '–'],
])('%d is shown as %s', (value, text) => {
  expect(figure(value)).toBe(text)
})

test('a table has its first column at the left, the others at the right', () => {
  const table = {
    title: 'Pages',
    head: ['page', 'ms'],
    rows: [['catalogue', 12.34] as const, ['product', '5'] as const],
  }
  expect(textOf(table)).toBe(
    ['Pages', '', 'page         ms', '---------  ----', 'catalogue  12.3', 'product       5'].join('\n'),
  )
})

test('a table without rows is its head', () => {
  expect(textOf({ title: 'Nothing', head: ['a', 'b'], rows: [] })).toBe('Nothing\n\na  b\n-  -')
})
