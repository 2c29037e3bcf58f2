import { bench, type Report } from './bench.ts'
import { BenchFailure } from './failure.ts'
import { walkCatalogue } from './pages/catalogue-page.ts'
import { addToCart, type Ordered, orderOnce, viewCart } from './pages/checkout.ts'
import { type BenchShop, startBenchShop, temporaryFolder } from './shop/bench-shop.ts'
import { type Customer, signInCustomers, signInStaff } from './shop/customers.ts'
import { openDatabase, planOf } from './shop/databases.ts'
import { client } from './shop/graphql.ts'
import { connections, type Post } from './shop/http.ts'
import { restOf } from './shop/rest.ts'
import { type Books, booksOf, setStock } from './shop/stock.ts'

export const oversell = bench({
  name: 'oversell',
  measures:
    'what is sold when more customers order at once than there are units, by inventory’s own books; fails unless each unit was sold once',
  options: {
    orders: { meaning: 'customers who order one unit each, all at once', default: 200, min: 1, max: 480 },
    // From 20 units on inventory does not publish the number, so that every cart can be filled.
    units: { meaning: 'units there are, over all warehouses', default: 60, min: 20, max: 10_000 },
  },
  async run({ orders, units }, life) {
    const shop = await startBenchShop({ dataDir: temporaryFolder(life) }, life)
    const { post, close } = connections(orders)
    life.own(close)
    const inventory = await openDatabase(shop, 'inventory', life)
    const atRest = await restOf(shop, life)
    const variantId = await scarceVariant(shop, post, units)
    life.say(`signing in ${orders} customers and filling their carts`)
    const customers = await signInCustomers(post, shop.url, await planOf(shop, life), orders)
    const ready = await fillCarts(customers, variantId)
    await atRest()
    const before = await booksOf(inventory, variantId)
    life.say(`placing ${orders} orders`)
    const started = performance.now()
    const seconds = () => (performance.now() - started) / 1_000
    const answers = await Promise.all(ready.map(({ customer, cart }) => orderOnce(customer, cart)))
    const answeredAfter = seconds()
    await atRest()
    const restedAfter = seconds()
    const after = await booksOf(inventory, variantId)
    const ordersBook = await openDatabase(shop, 'orders', life)
    const { rows: outcomes } = await ordersBook.query<Outcome>(OUTCOMES, [ready.map(({ cart }) => cart.id)])
    return reportOf({ orders, before, after, answers, outcomes, answeredAfter, restedAfter })
  },
})

/**
 * The outcomes of these carts' orders from the orders database, so that an order with a lost response counts
 * too.
 */
const OUTCOMES =
  'SELECT status, count(*)::int AS count FROM orders WHERE cart_id = ANY($1::text[]) GROUP BY status'

type Outcome = { readonly status: string; readonly count: number }

async function scarceVariant(shop: BenchShop, post: Post, units: number): Promise<string> {
  const [variantId] = (await walkCatalogue(client(post, shop.url), 1)).variantIds
  if (!variantId) throw new BenchFailure('no variant on the first page of the catalogue is in stock')
  await setStock(await signInStaff(post, shop.url), variantId, units)
  return variantId
}

/** A few at a time: only placing the orders is concurrent. */
async function fillCarts(customers: readonly Customer[], variantId: string) {
  const waiting = [...customers]
  const ready: { customer: Customer; cart: Awaited<ReturnType<typeof viewCart>> }[] = []
  const worker = async () => {
    for (let customer = waiting.pop(); customer; customer = waiting.pop()) {
      await addToCart(customer, variantId)
      ready.push({ customer, cart: await viewCart(customer) })
    }
  }
  await Promise.all(Array.from({ length: 8 }, worker))
  return ready
}

type Trial = {
  readonly orders: number
  readonly before: Books
  readonly after: Books
  readonly answers: readonly Ordered[]
  readonly outcomes: readonly Outcome[]
  readonly answeredAfter: number
  readonly restedAfter: number
}

function reportOf(trial: Trial): Report {
  const { orders, before, after, answers, outcomes, answeredAfter, restedAfter } = trial
  const count = (kind: Ordered['kind']) => answers.filter((answer) => answer.kind === kind).length
  const ended = (status: string) => outcomes.find((outcome) => outcome.status === status)?.count ?? 0
  const sold = before.onHand - after.onHand
  const data = {
    units: before.onHand,
    placed: count('placed'),
    refused: count('refused'),
    errors: count('failed'),
    confirmed: ended('CONFIRMED'),
    cancelled: ended('CANCELLED'),
    sold,
    answeredAfter,
    restedAfter,
  }
  const rows = [
    ['orders placed', data.placed],
    ['refused at once for want of stock', data.refused],
    ['errors', data.errors],
    ['orders confirmed', data.confirmed],
    ['orders cancelled', data.cancelled],
    ['units sold, by inventory’s books', sold],
    ['seconds until all are answered', answeredAfter],
    ['seconds until all is at rest', restedAfter],
  ] as const
  const failure = faultsOf(trial, data).join('; ')
  const errors = answers.flatMap((answer) => (answer.kind === 'failed' ? answer.reason : []))
  return {
    tables: [
      { title: `${orders} customers order 1 of ${before.onHand} units at once`, head: ['', 'figure'], rows },
    ],
    notes: errors.length > 0 ? [`The first error: ${errors[0]}`] : [],
    data: { ...data, firstErrors: errors.slice(0, 5) },
    ...(failure && { failure }),
  }
}

function faultsOf(
  { orders, before, after }: Trial,
  { sold, confirmed }: { sold: number; confirmed: number },
): string[] {
  const due = Math.min(orders, before.onHand)
  const taken = after.taken - before.taken
  return [
    ...(sold === due ? [] : [`${sold} units were sold, where it must be ${due}`]),
    ...(confirmed === sold ? [] : [`${confirmed} orders are confirmed, where ${sold} units were sold`]),
    ...(taken === sold ? [] : [`inventory’s ledger has ${taken} units taken, its levels ${sold}`]),
    ...(after.reserved === 0 ? [] : [`${after.reserved} units are still reserved`]),
  ]
}
