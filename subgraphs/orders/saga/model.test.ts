import { describe, expect, test } from 'vitest'
import { decide } from './decide.ts'
import { commandOf, messagesOf, type SagaOrder } from './effects.ts'
import { evolve } from './evolve.ts'
import { placed, type Saga, type SagaEvent, type SagaInput } from './saga.ts'

/**
 * An exhaustive model: every state that one order and inventory can get into, however messages are delayed, reordered,
 * lost for a while or doubled. The network is a set of everything ever sent from which anything may be delivered at
 * any time, any number of times; that covers crashes too, since a handler's effects and its messages are one
 * transaction: a crash is a message not delivered yet. The customer may cancel and the hold may run out at any point.
 */

type Stock = 'NONE' | 'HELD' | 'COMMITTED' | 'RELEASED' | 'EXPIRED' | 'REJECTED'
type Command = 'inventory.reserve' | 'inventory.commit' | 'inventory.release'
type World = {
  readonly saga: Saga
  readonly stock: Stock
  /** Whether units are free for a reserve that comes now. */
  readonly inStock: boolean
  readonly network: readonly string[]
  /** Versions and statuses that the order has had. */
  readonly history: readonly string[]
  readonly path: readonly string[]
}

const order: SagaOrder = { id: 'ord_1', number: 'A-7K2M-9QX3', customerId: 'usr_1', lines: [] }

const ANSWERS: Record<Stock, string | null> = {
  NONE: null,
  HELD: 'StockReserved',
  COMMITTED: 'StockCommitted',
  RELEASED: 'StockReleased',
  EXPIRED: 'ReservationExpired',
  REJECTED: 'StockRejected',
}

/** Inventory's side of the contract: where a command leads from each state. */
function inventory(
  stock: Stock,
  command: Command,
  inStock: boolean,
): { stock: Stock; answer: string | null } {
  const to = (next: Stock) => ({ stock: next, answer: ANSWERS[next] })
  if (command === 'inventory.reserve' && stock === 'NONE') return to(inStock ? 'HELD' : 'REJECTED')
  if (command === 'inventory.commit' && stock === 'HELD') return to('COMMITTED')
  if (command === 'inventory.commit' && stock === 'NONE') return { stock, answer: null }
  if (command === 'inventory.release' && stock !== 'COMMITTED') {
    // What has run out or was rejected stays so, and is answered like what was given back.
    return {
      stock: stock === 'EXPIRED' || stock === 'REJECTED' ? stock : 'RELEASED',
      answer: 'StockReleased',
    }
  }
  return to(stock)
}

/** An inventory that forgets that it rejected an order: a command sent twice may then be carried out after all. */
function forgetful(
  stock: Stock,
  command: Command,
  inStock: boolean,
): { stock: Stock; answer: string | null } {
  return inventory(stock === 'REJECTED' ? 'NONE' : stock, command, inStock)
}

/** The two sides of the model; a test may break one. */
type Parts = { readonly rules: typeof decide; readonly stock: typeof inventory }

function send(world: World, message: string | null): World {
  if (message === null || world.network.includes(message)) return world
  return { ...world, network: [...world.network, message].sort() }
}

function toSaga(world: World, input: SagaInput, { rules }: Parts): World {
  let next = world
  for (const event of rules(world.saga, input)) {
    const saga = evolve(next.saga, event)
    const mark = `${saga.version} ${saga.stage.status}`
    const history = next.history.includes(mark) ? next.history : [...next.history, mark]
    next = { ...next, saga, history }
    for (const { type } of messagesOf(order, saga, event)) next = send(next, type)
  }
  return next
}

const isCommand = (message: string): message is Command => message.startsWith('inventory.')

function deliver(world: World, message: string, parts: Parts): World {
  if (isCommand(message)) {
    const { stock, answer } = parts.stock(world.stock, message, world.inStock)
    return send({ ...world, stock }, answer)
  }
  if (message.startsWith('orders.')) return world
  // The other messages are the names of the saga's own inputs.
  return toSaga(world, { type: message, reservationId: 'res_1' } as SagaInput, parts)
}

function nextWorlds(world: World, parts: Parts): World[] {
  const moves: [string, World][] = world.network.map((message) => [message, deliver(world, message, parts)])
  moves.push([
    'cancel',
    toSaga(
      world,
      {
        type: 'CancelRequested',
        actor: 'customer',
        reason: 'CUSTOMER_REQUEST',
      },
      parts,
    ),
  ])
  moves.push(['time out', toSaga(world, { type: 'TimedOut' }, parts)])
  moves.push(['stock moves', { ...world, inStock: !world.inStock }])
  if (world.stock === 'HELD')
    moves.push(['expire', send({ ...world, stock: 'EXPIRED' }, 'ReservationExpired')])
  return moves.map(([name, next]) => ({ ...next, path: [...world.path, name] }))
}

const keyOf = ({ saga: { stage, version }, stock, inStock, network, history }: World) =>
  JSON.stringify([stage, version, stock, inStock, network, history])

function explore(parts: Parts): World[] {
  const start: World = {
    saga: placed,
    stock: 'NONE',
    inStock: true,
    network: commandOf(order, placed).map(({ type }) => type),
    history: ['1 PENDING'],
    path: [],
  }
  const seen = new Map([[keyOf(start), start]])
  for (const world of seen.values()) {
    for (const next of nextWorlds(world, parts)) if (!seen.has(keyOf(next))) seen.set(keyOf(next), next)
  }
  return [...seen.values()]
}

/** The faults are over: everything is delivered, and what has no answer is sent again, until nothing changes. */
function settle(world: World, parts: Parts): World {
  const next = [...world.network].reduce(
    (now, message) => deliver(now, message, parts),
    toSaga(world, { type: 'TimedOut' }, parts),
  )
  return keyOf(next) === keyOf(world) ? next : settle(next, parts)
}

const LEGAL = [
  '1 PENDING',
  '1 PENDING,2 CONFIRMED',
  '1 PENDING,2 CANCELLED',
  '1 PENDING,2 CANCELLING',
  '1 PENDING,2 CANCELLING,3 CANCELLED',
]
const AGREED = /^(CONFIRMED COMMITTED|CANCELLED (NONE|RELEASED|EXPIRED|REJECTED))$/

/** The invariants of the saga; each tells whether a state keeps it. */
const INVARIANTS: Record<string, (world: World, parts: Parts) => boolean> = {
  'a confirmed order has its stock': ({ saga, stock }) =>
    saga.stage.status !== 'CONFIRMED' || stock === 'COMMITTED',
  'a cancelled order has no stock committed to it': ({ saga, stock }) =>
    saga.stage.status !== 'CANCELLED' || stock !== 'COMMITTED',
  'once the faults are over, an order comes to an end that agrees with inventory': (world, parts) => {
    const { saga, stock } = settle(world, parts)
    return AGREED.test(`${saga.stage.status} ${stock}`)
  },
  'history is a legal path, and versions grow by one': ({ history }) => LEGAL.includes(history.join()),
}

/** The first path to a state that breaks the invariant. */
function counterexample(invariant: string, parts: Parts): readonly string[] | undefined {
  return explore(parts).find((world) => !INVARIANTS[invariant]?.(world, parts))?.path
}

const STOCKS = [
  ['inventory as agreed', inventory],
  ['an inventory that forgets its rejections', forgetful],
] as const

describe.each(STOCKS)('with %s', (_, stock) => {
  const parts = { rules: decide, stock }

  test.each(Object.keys(INVARIANTS))('%s', (invariant) => {
    expect(counterexample(invariant, parts)).toBeUndefined()
  })

  test('every kind of end is among the states explored', () => {
    const ends = explore(parts).map((world) => `${world.saga.stage.status} ${world.stock}`)
    const expected = ['CONFIRMED COMMITTED', 'CANCELLED RELEASED', 'CANCELLED EXPIRED', 'CANCELLED REJECTED']
    expect(ends).toEqual(expect.arrayContaining(expected))
  })
})

describe('the model finds what is wrong', () => {
  const broken =
    (step: string, type: SagaInput['type'], events: readonly SagaEvent[]): typeof decide =>
    (saga, input) =>
      saga.stage.step === step && input.type === type ? events : decide(saga, input)

  const began: SagaEvent = { type: 'CancellationBegan', reason: 'CUSTOMER_REQUEST', actor: 'customer' }

  test.each([
    ['confirming before the commit', broken('RESERVING', 'StockReserved', [{ type: 'OrderConfirmed' }])],
    ['cancelling past the pivot', broken('COMMITTING_STOCK', 'CancelRequested', [began])],
    ['waiting for a hold that ran out', broken('COMMITTING_STOCK', 'ReservationExpired', [])],
    ['keeping a stray hold', broken('DONE', 'StockReserved', [])],
  ])('%s', (_, rules) => {
    const paths = STOCKS.flatMap(([, stock]) =>
      Object.keys(INVARIANTS).map((invariant) => counterexample(invariant, { rules, stock })),
    )
    expect(paths.some((path) => path !== undefined)).toBe(true)
  })
})
