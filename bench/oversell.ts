import type pg from 'pg'
import { bench, type Report } from './bench.ts'
import { BenchFailure } from './failure.ts'
import { walkCatalogue } from './pages/catalogue-page.ts'
import { addToCart, type Ordered, orderOnce, viewCart } from './pages/checkout.ts'
import { type BenchShop, startBenchShop, temporaryFolder } from './shop/bench-shop.ts'
import { type Customer, signInCustomers, signInStaff } from './shop/customers.ts'
import { openDatabase, planOf } from './shop/databases.ts'
import { client } from './shop/graphql.ts'
import { connections, type Post } from './shop/http.ts'
import { signUpCustomers } from './shop/new-customers.ts'
import { restOf } from './shop/rest.ts'
import { type Books, booksOf, setStock } from './shop/stock.ts'

/** Customers of the seed data who order. */
const SEEDED = 480

export const oversell = bench({
  name: 'oversell',
  measures:
    'what is sold when more customers order at once than there are units, by inventory’s own books; fails unless each unit was sold once',
  options: {
    orders: {
      meaning: `customers who order, all at once; those after the first ${SEEDED} sign up first, on Linux only`,
      default: 200,
      min: 1,
      max: 2_000,
    },
    // From 20 units on inventory does not publish the number, so that every cart can be filled.
    units: { meaning: 'units of each variant, over all warehouses', default: 60, min: 20, max: 10_000 },
    variants: { meaning: 'variants that are ordered', default: 1, min: 1, max: 20 },
    lines: {
      meaning: 'lines of an order, of one unit each; at most as many as variants',
      default: 1,
      min: 1,
      max: 2,
    },
  },
  async run({ orders, units, variants, lines }, life) {
    if (lines > variants)
      throw new BenchFailure(`--lines is ${lines}: allowed are as many as variants (--variants ${variants})`)
    const shop = await startBenchShop({ dataDir: temporaryFolder(life) }, life)
    const { post, close } = connections(orders)
    life.own(close)
    const inventory = await openDatabase(shop, 'inventory', life)
    const atRest = await restOf(shop, life)
    const variantIds = await scarceVariants(shop, post, { units, variants })
    life.say(`signing in ${orders} customers and filling their carts`)
    const plan = await planOf(shop, life)
    const customers = [
      ...(await signInCustomers(post, shop.url, plan, Math.min(orders, SEEDED))),
      ...(await signUpCustomers(post, shop.url, orders - SEEDED, life)),
    ]
    const ready = await fillCarts(customers, variantIds, lines)
    await atRest()
    const books = () => booksOfAll(inventory, variantIds)
    const before = await books()
    life.say(`placing ${orders} orders`)
    const started = performance.now()
    const seconds = () => (performance.now() - started) / 1_000
    const answers = await Promise.all(ready.map(({ customer, cart }) => orderOnce(customer, cart)))
    const answeredAfter = seconds()
    await atRest()
    const restedAfter = seconds()
    const after = await books()
    const ordersBook = await openDatabase(shop, 'orders', life)
    const { rows: outcomes } = await ordersBook.query<Outcome>(OUTCOMES, [ready.map(({ cart }) => cart.id)])
    return reportOf({ orders, lines, before, after, answers, outcomes, answeredAfter, restedAfter })
  },
})

/** One after another, since they share a connection. */
async function booksOfAll(inventory: pg.Client, variantIds: readonly string[]): Promise<Books[]> {
  const books: Books[] = []
  for (const variantId of variantIds) books.push(await booksOf(inventory, variantId))
  return books
}

/**
 * The outcomes of these carts' orders from the orders database, so that an order with a lost response counts
 * too.
 */
const OUTCOMES =
  'SELECT status, count(*)::int AS count FROM orders WHERE cart_id = ANY($1::text[]) GROUP BY status'

type Outcome = { readonly status: string; readonly count: number }

async function scarceVariants(
  shop: BenchShop,
  post: Post,
  { units, variants }: { readonly units: number; readonly variants: number },
): Promise<readonly string[]> {
  const variantIds = (await walkCatalogue(client(post, shop.url), 1)).variantIds.slice(0, variants)
  if (variantIds.length < variants)
    throw new BenchFailure(`the first page of the catalogue has ${variantIds.length} variants in stock`)
  const staff = await signInStaff(post, shop.url)
  for (const variantId of variantIds) await setStock(staff, variantId, units)
  return variantIds
}

/** A few at a time: only placing the orders is concurrent. Neighbours order neighbouring variants, in either order. */
async function fillCarts(customers: readonly Customer[], variantIds: readonly string[], lines: number) {
  const waiting = [...customers.entries()]
  const ready: { customer: Customer; cart: Awaited<ReturnType<typeof viewCart>> }[] = []
  const worker = async () => {
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const [index, customer] = next
      const wanted = Array.from(
        { length: lines },
        (_, line) => variantIds[(index + line) % variantIds.length],
      )
      for (const variantId of index % 2 ? wanted : wanted.toReversed())
        await addToCart(customer, variantId ?? '')
      ready.push({ customer, cart: await viewCart(customer) })
    }
  }
  await Promise.all(Array.from({ length: 8 }, worker))
  return ready
}

type Trial = {
  readonly orders: number
  /** Number of lines of an order. */
  readonly lines: number
  /** The books of each variant. */
  readonly before: readonly Books[]
  readonly after: readonly Books[]
  readonly answers: readonly Ordered[]
  readonly outcomes: readonly Outcome[]
  readonly answeredAfter: number
  readonly restedAfter: number
}

/** Statuses of an order that is paid. */
const PAID = ['CONFIRMED', 'FULFILLING', 'SHIPPED', 'DELIVERED']

const total = (books: readonly Books[], kind: keyof Books) => books.reduce((sum, book) => sum + book[kind], 0)

export function reportOf(trial: Trial): Report {
  const { orders, lines, before, after, answers, outcomes, answeredAfter, restedAfter } = trial
  const count = (kind: Ordered['kind']) => answers.filter((answer) => answer.kind === kind).length
  const ended = (...statuses: string[]) =>
    outcomes.reduce((sum, { status, count: of }) => sum + (statuses.includes(status) ? of : 0), 0)
  const units = total(before, 'onHand')
  const sold = units - total(after, 'onHand')
  const oversold = after.reduce((sum, { onHand }) => sum + Math.max(0, -onHand), 0)
  const data = {
    units,
    placed: count('placed'),
    refused: count('refused'),
    errors: count('failed'),
    confirmed: ended(...PAID),
    cancelled: ended('CANCELLED'),
    sold,
    oversold,
    answeredAfter,
    restedAfter,
    perSecond: count('placed') / restedAfter,
  }
  const rows = [
    ['orders placed', data.placed],
    ['refused at once for want of stock', data.refused],
    ['errors', data.errors],
    ['orders confirmed', data.confirmed],
    ['orders cancelled', data.cancelled],
    ['units sold, by inventory’s books', sold],
    ['units oversold', oversold],
    ['seconds until all are answered', answeredAfter],
    ['seconds until all is at rest', restedAfter],
    ['orders a second to rest', data.perSecond],
  ] as const
  const failure = faultsOf(trial, data).join('; ')
  const errors = answers.flatMap((answer) => (answer.kind === 'failed' ? answer.reason : []))
  const title = `${orders} customers order ${lines} of ${before.length} variants at once, of which there are ${units} units`
  return {
    tables: [{ title, head: ['', 'figure'], rows }],
    notes: errors.length > 0 ? [`The first error: ${errors[0]}`] : [],
    data: { ...data, firstErrors: errors.slice(0, 5) },
    ...(failure && { failure }),
  }
}

type Sums = {
  readonly sold: number
  readonly oversold: number
  readonly confirmed: number
}

function faultsOf({ orders, lines, before, after }: Trial, { sold, oversold, confirmed }: Sums): string[] {
  // Customers order the variants in turn.
  const wanted = (place: number) => Math.ceil((orders - place) / before.length)
  // An order of several lines gets all of them or none, so the last units of a variant may remain.
  const due =
    lines === 1 ? before.reduce((sum, book, place) => sum + Math.min(wanted(place), book.onHand), 0) : sold
  const taken = total(after, 'taken') - total(before, 'taken')
  const reserved = total(after, 'reserved')
  return [
    ...(sold === due ? [] : [`${sold} units were sold, where it must be ${due}`]),
    ...(oversold === 0 ? [] : [`${oversold} units were sold that were not there`]),
    ...(confirmed * lines === sold
      ? []
      : [`${confirmed} orders of ${lines} units are confirmed, where ${sold} units were sold`]),
    ...(taken === sold ? [] : [`inventory’s ledger has ${taken} units taken, its levels ${sold}`]),
    ...(reserved === 0 ? [] : [`${reserved} units are still reserved`]),
  ]
}
