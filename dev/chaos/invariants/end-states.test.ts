import { expect, test } from 'vitest'
import { endStateViolations } from './end-states.ts'
import type { Facts, GatewayRow, OrderRow } from './order-facts.ts'

const amounts = { amount: '1200', authorized: '1200', captured: '1200', refunded: '0', reversed: '0' }

function order(changes: Partial<OrderRow> = {}): OrderRow {
  const money = {
    currency: 'EUR',
    total: '1200',
    captured: '1200',
    refunded: '0',
    reversed: '0',
    isPaid: true,
  }
  return { id: 'o', number: 'A-1', status: 'DELIVERED', step: 'DONE', version: 6, ...money, ...changes }
}

/** The facts about one order that was sold. */
function facts(changes: Partial<Facts> = {}): Facts {
  const payment = {
    id: 'p',
    orderId: 'o',
    status: 'CAPTURED',
    pending: null,
    gatewayRef: 'g',
    currency: 'EUR',
  }
  return {
    orders: [order()],
    payments: new Map([['o', { ...payment, ...amounts }]]),
    gateway: new Map([['o', [atGateway()]]]),
    reservations: new Map([['o', 'COMMITTED']]),
    shipments: new Map([['o', [{ id: 's', orderId: 'o', status: 'DELIVERED' }]]]),
    labels: new Map([['s', [{ shipmentId: 's', isVoided: false, status: 'DELIVERED' }]]]),
    returns: [],
    ...changes,
  }
}

function atGateway(changes: Partial<GatewayRow> = {}): GatewayRow {
  const ledger = {
    ledgerAuthorized: '1200',
    ledgerCaptured: '1200',
    ledgerRefunded: '0',
    ledgerReversed: '0',
  }
  const counts = { voids: 0, captures: 1 }
  return {
    id: 'g',
    orderId: 'o',
    status: 'CAPTURED',
    currency: 'EUR',
    ...amounts,
    ...ledger,
    ...counts,
    ...changes,
  }
}

const nothing = {
  payments: new Map(),
  gateway: new Map(),
  reservations: new Map(),
  shipments: new Map(),
  labels: new Map(),
  returns: [],
}
const cancelled = order({ status: 'CANCELLED', captured: '0' })

const reported = (changes: Partial<Facts>) => endStateViolations(facts(changes)).map(({ text }) => text)

test('an order that was sold and has its money and stock is right; so is one that was cancelled and has neither', () => {
  expect(reported({})).toEqual([])
  expect(reported({ reservations: new Map([['o', 'RESTOCKED']]) })).toEqual([])
  expect(reported({ ...nothing, orders: [cancelled] })).toEqual([])
})

test('an order that was sold without all of its money or stock is reported', () => {
  expect(reported({ ...nothing, orders: [order({ captured: '0' })] })).toEqual([
    'DELIVERED: 0 of 1200 captured, as orders says',
    'DELIVERED: 0 of 1200 captured, as payments says',
    'DELIVERED: its reservation is none',
  ])
})

test('a cancelled order that keeps money, stock or a parcel is reported', () => {
  expect(reported({ orders: [cancelled] })).toEqual([
    'CANCELLED: 1200 captured, 0 refunded, as payments says',
    "CANCELLED: the gateway's ledger has 1200 captured, 0 refunded",
    'CANCELLED: its reservation is COMMITTED',
    'CANCELLED: s is DELIVERED',
    'CANCELLED: a label of s is DELIVERED at the carrier',
  ])
  const open = atGateway({ status: 'AUTHORIZED', ledgerCaptured: '0' })
  expect(reported({ ...nothing, orders: [cancelled], gateway: new Map([['o', [open]]]) })).toEqual([
    'CANCELLED: g is AUTHORIZED at the gateway',
  ])
})
