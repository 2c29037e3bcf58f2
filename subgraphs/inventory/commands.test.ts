import type { Envelope } from '@argyle/kit/envelope'
import { newId } from '@argyle/kit/ids'
import { expect, test } from 'vitest'
import { claimedOrder, commandedOrder, reserveCommand, restockCommand } from './commands.ts'

// The parsers read the data alone.
const message = (data: object) => ({ data }) as Envelope
const [orderId, customerId] = [newId('ord'), newId('usr')]
const line = { variantId: 'var_1', quantity: 1 }
const reserve = { orderId, customerId, ttlSeconds: 60, lines: [line] }
const restock = { orderId, restockId: 'ret_1', lines: [{ ...line, warehouseId: 'whs_1' }] }

test('commands have the values of their messages', () => {
  expect(reserveCommand(message(reserve))).toEqual(reserve)
  expect(restockCommand(message(restock))).toEqual(restock)
  expect(commandedOrder(message({ orderId }))).toBe(orderId)
  expect(claimedOrder(message({ orderId, customerId }))).toEqual({ orderId, customerId })
})

test('a reservation holds for 15 minutes, and a return is of the whole order, unless the message says otherwise', () => {
  expect(reserveCommand(message({ orderId, lines: [line] }))).toEqual({
    orderId,
    ttlSeconds: 900,
    lines: [line],
  })
  expect(restockCommand(message({ orderId }))).toEqual({ orderId, restockId: 'all' })
})

test.each([
  [reserveCommand, reserve, { ttlSeconds: 86_400 }, { ttlSeconds: 86_401 }],
  [reserveCommand, reserve, { ttlSeconds: 1 }, { ttlSeconds: 0 }],
  [
    reserveCommand,
    reserve,
    { lines: [{ ...line, quantity: 1_000_000 }] },
    { lines: [{ ...line, quantity: 1_000_001 }] },
  ],
  [reserveCommand, reserve, {}, { lines: [{ ...line, quantity: 0 }] }],
  [reserveCommand, reserve, {}, { lines: [{ ...line, variantId: '' }] }],
  [reserveCommand, reserve, {}, { lines: [] }],
  [reserveCommand, reserve, { customerId: null }, { customerId: 'usr_1' }],
  [reserveCommand, reserve, {}, { orderId: 'ord_1' }],
  [restockCommand, restock, { restockId: 'x'.repeat(100) }, { restockId: 'x'.repeat(101) }],
  [restockCommand, restock, {}, { restockId: '' }],
  [restockCommand, restock, {}, { lines: [{ ...line, variantId: '' }] }],
  [claimedOrder, { orderId, customerId }, {}, { customerId: 'usr_1' }],
  [claimedOrder, { orderId, customerId }, {}, { orderId: 'ord_1' }],
  [restockCommand, restock, { lines: Array(1_000).fill(line) }, { lines: Array(1_001).fill(line) }],
  [
    restockCommand,
    restock,
    { lines: [{ ...line, quantity: 1_000_000 }] },
    { lines: [{ ...line, quantity: 1_000_001 }] },
  ],
  [restockCommand, restock, { lines: null }, { lines: [{ ...line, quantity: 0 }] }],
])('a command is refused beyond its bounds %#', (parse, whole, good, bad) => {
  expect(parse(message({ ...whole, ...good }))).toMatchObject({ orderId })
  expect(() => parse(message({ ...whole, ...bad }))).toThrow()
})
