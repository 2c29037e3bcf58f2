// Tested in checkout-model.test.ts: the test explores this model.

import { aSagaOrder } from '../../testing/a-saga-order.ts'
import type { decide } from '../decide.ts'
import { messagesOf } from '../effects.ts'
import { evolve } from '../evolve.ts'
import type { Answer, SagaInput } from '../inputs.ts'
import { placed, type Saga, type SagaOrder } from '../saga.ts'
import { type Model, sent } from './explore.ts'

/** The state of one order with inventory and payments until it is confirmed or cancelled. */
export type World = {
  readonly saga: Saga
  readonly stock: Stock
  readonly payment: Payment
  /** Result of a reserve command that arrives now: true if the units are available. */
  readonly inStock: boolean
  readonly network: readonly string[]
}
export type Stock = 'NONE' | 'HELD' | 'COMMITTED' | 'RELEASED' | 'EXPIRED' | 'REJECTED' | 'RESTOCKED'
export type Payment =
  | 'NONE'
  | 'PROCESSING'
  | 'ACTION'
  | 'AUTHORIZED'
  | 'DECLINED'
  | 'VOID_PENDING'
  | 'VOIDED'
  | 'CAPTURED'
  | 'CAPTURE_FAILED'

/** The participants of the model. A test may replace one by a broken one. */
export type Parts = {
  readonly order: SagaOrder
  readonly rules: typeof decide
  readonly stock: (stock: Stock, command: string, inStock: boolean) => Outcome<Stock>
  readonly payment: (payment: Payment, command: string) => readonly Outcome<Payment>[]
}
type Outcome<State> = { readonly state: State; readonly answer: Answer['type'] | null }

const STOCK_ANSWERS: Record<Stock, Answer['type'] | null> = {
  NONE: null,
  HELD: 'StockReserved',
  COMMITTED: 'StockCommitted',
  RELEASED: 'StockReleased',
  EXPIRED: 'ReservationExpired',
  REJECTED: 'StockRejected',
  RESTOCKED: 'StockRestocked',
}

/** Inventory's side of the contract: the possible states after a command in each state. */
export function inventory(stock: Stock, command: string, inStock: boolean): Outcome<Stock> {
  const to = (state: Stock) => ({ state, answer: STOCK_ANSWERS[state] })
  switch (command) {
    case 'inventory.reserve':
      return stock === 'NONE' ? to(inStock ? 'HELD' : 'REJECTED') : to(stock)
    case 'inventory.commit':
      return to(stock === 'HELD' ? 'COMMITTED' : stock)
    case 'inventory.restock':
      return stock === 'NONE' || stock === 'HELD'
        ? { state: stock, answer: null }
        : to(stock === 'COMMITTED' ? 'RESTOCKED' : stock)
    default:
      if (stock === 'COMMITTED' || stock === 'RESTOCKED') return to(stock)
      // Expired and rejected reservations keep their status, and get the same answer as released ones.
      return {
        state: stock === 'EXPIRED' || stock === 'REJECTED' ? stock : 'RELEASED',
        answer: 'StockReleased',
      }
  }
}

/**
 * A faulty inventory that forgets rejected orders. It may execute a command that was sent twice after the
 * rejection.
 */
export function forgetful(stock: Stock, command: string, inStock: boolean): Outcome<Stock> {
  return inventory(stock === 'REJECTED' ? 'NONE' : stock, command, inStock)
}

const PAYMENT_ANSWERS: Record<Payment, Answer['type'] | null> = {
  NONE: null,
  PROCESSING: null,
  ACTION: 'ActionRequired',
  AUTHORIZED: 'PaymentAuthorized',
  DECLINED: 'PaymentDeclined',
  VOID_PENDING: null,
  VOIDED: 'PaymentVoided',
  CAPTURED: 'PaymentCaptured',
  CAPTURE_FAILED: 'CaptureFailed',
}
const paid = (state: Payment): Outcome<Payment> => ({ state, answer: PAYMENT_ANSWERS[state] })

/** Payments' side of the contract: the possible states after a command in each state. */
export function payments(payment: Payment, command: string): readonly Outcome<Payment>[] {
  switch (command) {
    case 'payments.authorize':
      return [paid(payment === 'NONE' ? 'PROCESSING' : payment)]
    case 'payments.capture':
      return payment === 'AUTHORIZED' ? [paid('CAPTURED'), paid('CAPTURE_FAILED')] : [paid(payment)]
    default: {
      if (payment === 'PROCESSING') return [paid('VOID_PENDING')]
      if (payment === 'NONE' || payment === 'ACTION' || payment === 'AUTHORIZED') return [paid('VOIDED')]
      // For the order, a declined payment equals a voided one.
      return payment === 'DECLINED' ? [{ state: payment, answer: 'PaymentVoided' }] : [paid(payment)]
    }
  }
}

/** Changes that the gateway or the bank may make by itself. */
const GATEWAY: Partial<Record<Payment, readonly Payment[]>> = {
  PROCESSING: ['AUTHORIZED', 'DECLINED', 'ACTION'],
  ACTION: ['AUTHORIZED', 'DECLINED'],
  AUTHORIZED: ['VOIDED'],
  VOID_PENDING: ['VOIDED'],
}

const allocations = [{ warehouseId: 'w', warehouseCode: 'W', variantId: 'var_1', quantity: 1 }]
/** The fields of all answers. Each answer reads those of its type. */
const SAID = {
  reservationId: 'res_1',
  shortages: [],
  allocations,
  restockId: 'cancel',
  code: 'card_declined',
  message: 'no',
  expiresAt: null,
  capturedMinor: 12n,
}
const LATE = new Date(8_640_000_000_000)

function toSaga(world: World, input: SagaInput, { rules, order }: Parts): World {
  let { saga, network } = world
  for (const event of rules(order, saga, input)) {
    saga = evolve(saga, event)
    const types = messagesOf(order, saga, event).map(({ type }) => type)
    network = sent(
      network,
      types.filter((type) => type.startsWith('inventory') || type.startsWith('payments')),
    )
  }
  return saga === world.saga && network === world.network ? world : { ...world, saga, network }
}

const answered = (world: World, answer: string | null): World =>
  answer === null ? world : { ...world, network: sent(world.network, [answer]) }

/** The possible states after the delivery of a message. */
function deliver(world: World, message: string, parts: Parts): readonly World[] {
  if (message.startsWith('inventory.')) {
    const { state, answer } = parts.stock(world.stock, message, world.inStock)
    return [answered({ ...world, stock: state }, answer)]
  }
  if (message.startsWith('payments.')) {
    return parts
      .payment(world.payment, message)
      .map(({ state, answer }) => answered({ ...world, payment: state }, answer))
  }
  // Other messages are named after answers, and SAID contains every field of each.
  return [toSaga(world, { type: message, ...SAID } as unknown as SagaInput, parts)]
}

function movesOf(world: World, parts: Parts): (readonly [string, World])[] {
  // The stages after the confirmation are explored by the sale model.
  if (world.saga.stage.status === 'CONFIRMED') return []
  const moves = world.network.flatMap((message) =>
    deliver(world, message, parts).map((next) => [message, next] as const),
  )
  const cancel: SagaInput = { type: 'CancelRequested', actor: 'customer', reason: 'CUSTOMER_REQUEST' }
  const itself = (GATEWAY[world.payment] ?? []).map((payment) => {
    return [`gateway: ${payment}`, answered({ ...world, payment }, PAYMENT_ANSWERS[payment])] as const
  })
  return [
    ...moves,
    ...itself,
    ['cancel', toSaga(world, cancel, parts)],
    ['choose payment', toSaga(world, { type: 'PaymentChosen' }, parts)],
    ['time out', toSaga(world, { type: 'TimedOut', now: new Date(0) }, parts)],
    ['time is over', toSaga(world, { type: 'TimedOut', now: LATE }, parts)],
    ['stock moves', { ...world, inStock: !world.inStock }],
    ...(world.stock === 'HELD'
      ? [['expire', answered({ ...world, stock: 'EXPIRED' }, 'ReservationExpired')] as const]
      : []),
  ]
}

export function keyOf({ saga: { stage, version }, stock, payment, inStock, network }: World): string {
  const { status, step } = stage
  const reason = 'cancelReason' in stage ? stage.cancelReason : ''
  const undo = stage.step === 'UNDOING' ? `${stage.undo.stock} ${stage.undo.payment}` : ''
  return `${status}|${step}|${version}|${reason}|${undo}|${stock}|${payment}|${inStock}|${network.join()}`
}

export function checkoutModel(parts: Parts): Model<World> {
  const start: World = {
    saga: placed,
    stock: 'NONE',
    payment: 'NONE',
    inStock: true,
    network: ['inventory.reserve'],
  }
  return { start, keyOf, movesOf: (world) => movesOf(world, parts) }
}

/**
 * One round without faults: all messages are delivered, the gateway decides, and unanswered commands are
 * repeated.
 */
export function heal(world: World, parts: Parts, gateway: Payment): World {
  const decided: World = GATEWAY[world.payment]?.includes(gateway)
    ? answered({ ...world, payment: gateway }, PAYMENT_ANSWERS[gateway])
    : world.payment === 'VOID_PENDING'
      ? answered({ ...world, payment: 'VOIDED' }, 'PaymentVoided')
      : world
  // A customer who has not chosen by now never chooses.
  const now = decided.saga.stage.step === 'CHOOSING_PAYMENT' ? LATE : new Date(0)
  return decided.network.reduce(
    (then, message) => deliver(then, message, parts)[0] ?? then,
    toSaga(decided, { type: 'TimedOut', now }, parts),
  )
}

export const SHIPPED_AND_PAID: SagaOrder = aSagaOrder()
