import { expect, test } from 'vitest'
import { chooseCores } from './cores.ts'

test('the router has a core of its own', () => {
  expect(chooseCores(2, true)).toMatchObject({ router: '1', others: '0' })
  expect(chooseCores(8, true)).toMatchObject({ router: '7', others: '0-6' })
})

test('if processes cannot be pinned, the report says so', () => {
  expect(chooseCores(8, false)).toMatchObject({ router: null, note: expect.stringContaining('taskset') })
  expect(chooseCores(1, true)).toMatchObject({ router: null, note: expect.stringContaining('one core') })
})
