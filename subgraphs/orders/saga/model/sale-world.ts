// Tested in sale-model.test.ts: the test explores this model.

import type { decide } from '../decide.ts'
import { messagesOf } from '../effects.ts'
import { evolve, saleOf } from '../evolve.ts'
import type { SagaInput } from '../inputs.ts'
import type { Saga } from '../saga.ts'
import { type Model, sent } from './explore.ts'
import { answerOf, MODEL_ORDER } from './sale-answers.ts'

const ALLOCATIONS = [
  { warehouseId: 'w1', warehouseCode: 'A', variantId: 'var_1', quantity: 1 },
  { warehouseId: 'w2', warehouseCode: 'B', variantId: 'var_2', quantity: 1 },
]
export const CAPTURED = 12n
export const STAFF = 3n

/** Packed, sent, delivered, failed on its way, failed before it left. */
type ParcelState = 'P' | 'S' | 'D' | 'F' | 'H'

/**
 * The state of an order whose payment was captured, with shipping, payments and inventory. The order may not
 * know of the capture yet.
 */
export type World = {
  readonly saga: Saga
  readonly shipping: 'NONE' | 'CANCELLED' | readonly [ParcelState, ParcelState]
  /** Completed refunds, by id. */
  readonly refunds: Readonly<Record<string, bigint>>
  /** Ids of refused refunds. They stay refused. */
  readonly refusedRefunds: readonly string[]
  readonly restocks: readonly string[]
  /** Lines whose return was received. */
  readonly returned: readonly number[]
  readonly network: readonly string[]
}

/** The possible events of a model. Each model has few, so that its states can all be explored. */
export type Scope = {
  readonly rules: typeof decide
  /** Parcels that may fail. */
  readonly failing: readonly number[]
  /** Lines that may be returned. */
  readonly returning: readonly number[]
  /** True if a parcel may fail before it leaves, which does not prevent a cancellation. */
  readonly failsAtHome?: boolean
  readonly staffRefunds: boolean
  readonly cancels: boolean
  /** True if all parcels are delivered at the beginning. */
  readonly arrived?: boolean
  /** A faulty shipping that keeps no tombstone for a cancel that arrives before its create. */
  readonly forgetsCancel?: boolean
}

export const refundedOf = ({ refunds }: Pick<World, 'refunds'>) =>
  Object.values(refunds).reduce((sum, minor) => sum + minor, 0n)

const put = (world: World, ...messages: string[]): World => ({
  ...world,
  network: sent(world.network, messages),
})

/** A command as a message, reduced to the fields that the model distinguishes. */
function messageOf(type: string, data: Record<string, unknown>): string | null {
  if (type === 'payments.refund') {
    // The command is the saga's own, whose amounts are even.
    const { amountMinor } = data.amount as { amountMinor: string }
    return `refund ${String(data.refundId)} ${amountMinor}`
  }
  if (type === 'inventory.restock') return `restock ${String(data.restockId)}`
  if (type === 'orders.return.refunded') return `return-refunded ${String(data.returnId)}`
  return type.startsWith('shipping.') ? type : null
}

function toSaga(world: World, input: SagaInput, { rules }: Scope): World {
  let { saga, network } = world
  for (const event of rules(MODEL_ORDER, saga, input)) {
    saga = evolve(saga, event)
    const messages = messagesOf(MODEL_ORDER, saga, event).map(({ type, data }) =>
      // The data of each command is an object.
      messageOf(type, data as Record<string, unknown>),
    )
    network = sent(
      network,
      messages.filter((message) => message !== null),
    )
  }
  return saga === world.saga && network === world.network ? world : { ...world, saga, network }
}

const isParcels = (state: World['shipping']): state is readonly [ParcelState, ParcelState] =>
  typeof state !== 'string'

function shipping(world: World, command: string, { forgetsCancel = false }: Scope): World {
  const { shipping: state } = world
  if (command === 'shipping.create') {
    if (state === 'CANCELLED') return put(world, 'cancelled')
    const made = state === 'NONE' ? (['P', 'P'] as const) : state
    return put({ ...world, shipping: made }, 'created 0', 'created 1')
  }
  if (isParcels(state)) {
    const left = state.findIndex((parcel) => parcel !== 'P' && parcel !== 'H')
    if (left >= 0) return put(world, `refused ${left}`)
  }
  return put({ ...world, shipping: forgetsCancel && state === 'NONE' ? 'NONE' : 'CANCELLED' }, 'cancelled')
}

function refund(world: World, id: string, amount: bigint): World {
  const before = world.refunds[id]
  if (before !== undefined) return put(world, `refunded ${id} ${before} ${refundedOf(world)}`)
  if (world.refusedRefunds.includes(id)) return put(world, `failed-refund ${id}`)
  if (amount <= 0n || refundedOf(world) + amount > CAPTURED)
    return put({ ...world, refusedRefunds: [...world.refusedRefunds, id].sort() }, `failed-refund ${id}`)
  const refunds = { ...world.refunds, [id]: amount }
  return put({ ...world, refunds }, `refunded ${id} ${amount} ${refundedOf({ refunds })}`)
}

export function deliverMessage(world: World, message: string, scope: Scope): World {
  const [kind = '', id = '', amount = '0'] = message.split(' ')
  if (message.startsWith('shipping.')) return shipping(world, message, scope)
  if (kind === 'refund') return refund(world, id, BigInt(amount))
  if (kind === 'restock')
    return put({ ...world, restocks: [...new Set([...world.restocks, id])].sort() }, `restocked ${id}`)
  if (kind === 'return-refunded') return world
  const delivered = toSaga(world, answerOf(message.split(' ')), scope)
  // The message of a refund by staff is not repeated, and the inbox drops a duplicate.
  return id === 'staff'
    ? { ...delivered, network: delivered.network.filter((other) => other !== message) }
    : delivered
}

/** Changes the status of a parcel. */
export function move(world: World, index: 0 | 1, to: ParcelState): World {
  if (!isParcels(world.shipping)) return world
  const [first, second] = world.shipping
  const parcels: [ParcelState, ParcelState] = index === 0 ? [to, second] : [first, to]
  const words: Record<ParcelState, string> = {
    P: 'created',
    S: 'dispatched',
    D: 'delivered',
    F: 'failed',
    H: 'failed',
  }
  return put({ ...world, shipping: parcels }, `${words[to]} ${index}`)
}

function parcelMoves(
  world: World,
  { failing, returning, failsAtHome = false }: Scope,
): (readonly [string, World])[] {
  if (!isParcels(world.shipping)) return []
  return world.shipping.flatMap((state, place): (readonly [string, World])[] => {
    const index = place === 0 ? 0 : 1
    const to = (next: ParcelState) => [`parcel ${index} ${next}`, move(world, index, next)] as const
    if (state === 'P') return [to('S'), ...(failsAtHome && failing.includes(index) ? [to('H')] : [])]
    if (state === 'S') return [to('D'), ...(failing.includes(index) ? [to('F')] : [])]
    const canReturn = state === 'D' && returning.includes(index) && !world.returned.includes(index)
    const back = { ...world, returned: [...world.returned, index].sort() }
    return canReturn ? [[`return ${index}`, put(back, `returned ${index}`)] as const] : []
  })
}

/** Highest number of a refund attempt; it bounds the state space. */
function mostTries(world: World): number {
  const { stage } = world.saga
  const tries = saleOf(world.saga).claims.map(({ refundTry }) => refundTry)
  return Math.max(stage.step === 'UNDOING' ? stage.refundTry : 1, ...tries)
}

function movesOf(world: World, scope: Scope): (readonly [string, World])[] {
  const cancel: SagaInput = { type: 'CancelRequested', actor: 'customer', reason: 'CUSTOMER_REQUEST' }
  const canRefund = scope.staffRefunds && !('staff' in world.refunds) && refundedOf(world) + STAFF <= CAPTURED
  return [
    ...world.network.map((message) => [message, deliverMessage(world, message, scope)] as const),
    ...parcelMoves(world, scope),
    ...(scope.cancels ? [['cancel', toSaga(world, cancel, scope)] as const] : []),
    ...(mostTries(world) < 3 ? [['time out', timeOut(world, scope)] as const] : []),
    ...(canRefund ? [['staff refund', refund(world, 'staff', STAFF)] as const] : []),
  ]
}

const timeOut = (world: World, scope: Scope) => toSaga(world, { type: 'TimedOut', now: new Date(0) }, scope)

export function keyOf(world: World): string {
  const { saga, shipping: ship, refunds, refusedRefunds, restocks, returned, network } = world
  return JSON.stringify(
    [saga.stage, saga.version, ship, refunds, refusedRefunds, restocks, returned, network],
    (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value),
  )
}

export function saleModel(scope: Scope): Model<World> {
  const start: World = {
    saga: {
      stage: {
        status: 'AWAITING_PAYMENT',
        step: 'CAPTURING',
        allocations: ALLOCATIONS,
      },
      version: 2,
      attempts: 1,
    },
    shipping: 'NONE',
    refunds: {},
    refusedRefunds: [],
    restocks: [],
    returned: [],
    network: ['captured'],
  }
  return {
    start: scope.arrived ? arrive(start, scope) : start,
    keyOf,
    movesOf: (world) => movesOf(world, scope),
  }
}

/** The state in which both parcels are delivered and the order knows it. Their messages are not repeated. */
function arrive(start: World, scope: Scope): World {
  const made = deliverMessage(deliverMessage(start, 'captured', scope), 'shipping.create', scope)
  const arrived = ([0, 1] as const).reduce((now, index) => move(move(now, index, 'S'), index, 'D'), made)
  const known = arrived.network.reduce((now, message) => deliverMessage(now, message, scope), arrived)
  return { ...known, network: [] }
}

/**
 * One round without faults: parcels arrive, all messages are delivered, and unanswered commands are repeated.
 */
export function heal(world: World, scope: Scope): World {
  const arrived = ([0, 1] as const).reduce((now, index) => {
    const state = isParcels(now.shipping) ? now.shipping[index] : 'D'
    return state === 'P' || state === 'S' ? move(move(now, index, 'S'), index, 'D') : now
  }, world)
  return arrived.network.reduce(
    (now, message) => deliverMessage(now, message, scope),
    timeOut(arrived, scope),
  )
}
