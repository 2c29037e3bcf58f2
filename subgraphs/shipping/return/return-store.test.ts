import { customer, staff } from '@argyle/kit/testing/subgraph'
import { expect, test } from 'vitest'
import { mayReturn } from './return-store.ts'

test.each([
  ['its customer', customer('usr_1'), true],
  ['another customer', customer('usr_2'), false],
  ['staff who change shipments', staff('shipping:write'), true],
  ['staff who read shipments and change orders', staff('shipping:read', 'orders:write'), false],
])('of an order %s may ask for a return', (_, viewer, isAllowed) => {
  if (viewer.kind !== 'user') throw new Error('the viewer is signed in')
  expect(mayReturn(viewer, 'usr_1')).toBe(isAllowed)
})
