// Tested in chaos.services.test.ts: the test makes a whole run.

import { chance } from '../seed/random/chance.ts'
import { SUBGRAPH_NAMES } from '../shop/subgraphs/subgraphs.ts'
import { DEMO_ACCOUNTS } from '../shop/terminal/demo-accounts.ts'
import { stubbornClient } from './client.ts'
import type { ChaosOptions } from './command-line.ts'
import { disturb, heal } from './faults.ts'
import { Intents } from './intents.ts'
import { checkInvariants } from './invariants/check.ts'
import type { Facts } from './invariants/order-facts.ts'
import type { Violation } from './invariants/violation.ts'
import { VARIANTS } from './operations.ts'
import { lineOf, type PlannedFault, planFaults } from './plan.ts'
import { untilRest } from './rest.ts'
import { shopper } from './shopper.ts'
import type { World } from './world.ts'

export type Outcome = {
  readonly plan: readonly PlannedFault[]
  readonly facts: Facts
  readonly violations: readonly Violation[]
  /** The outcomes of the clients' mutations. */
  readonly ends: ReadonlyMap<string, number>
  /** Time from the last fault until the shop was at rest. */
  readonly restMs: number
  readonly twice: Twice
}

/** Messages that may have been published twice: by faults, and by outbox relays that tried more than once. */
type Twice = { readonly byFaults: number; readonly byRelays: number }

const TRIED_AGAIN = 'SELECT count(*)::int AS count FROM outbox_message WHERE time >= $1 AND attempts > 1'

async function publishedTwice({ databases, broker }: World, since: Date): Promise<Twice> {
  const counts = await Promise.all(
    SUBGRAPH_NAMES.map((name) => databases.rows<{ count: number }>(name, TRIED_AGAIN, [since])),
  )
  const byRelays = counts.flat().reduce((sum, { count }) => sum + count, 0)
  return { byFaults: broker.duplicates(), byRelays }
}

type RunOptions = Pick<ChaosOptions, 'seed' | 'lengthMs' | 'shoppers' | 'everyMs'> & {
  /** Whether everybody chooses the fastest shipping, so that the run is short. */
  readonly isHasty?: boolean
  readonly onProgress: (line: string) => void
  readonly signal: AbortSignal
}

/** Share of keyed mutations that are sent twice at once. */
const TWICE = 0.15
/** Each fourth shopper is a guest. */
const GUESTS = 4
/** A client sends its last request no later than this after the last fault. */
const LEAVE_MS = 10_000
/** A bound for invariant 6: a command without an answer goes out again after 30 s, then after 60 s, then 120 s. */
const REST_MS = 240_000

/**
 * Shoppers buy while the planned faults occur. Then all faults end, and the shop is checked once it is at
 * rest.
 */
export async function runChaos(world: World, options: RunOptions): Promise<Outcome> {
  const { seed, lengthMs, shoppers: count, everyMs, isHasty = false, onProgress, signal } = options
  const since = new Date()
  const intents = new Intents()
  let isOver = false
  let hasLeft = false
  const { url, gatewayUrl } = world.stack
  const client = (name: string, address: () => string) =>
    stubbornClient({
      url,
      address,
      intents,
      twice: TWICE,
      chance: chance(seed, `chaos client ${name}`, 0),
      isOver: () => hasLeft || signal.aborted,
    })

  const staff = client('staff', () => '198.51.100.1')
  const session = (await staff.run('signIn', DEMO_ACCOUNTS.staff, false))?.session
  if (!session) throw new Error('staff cannot sign in')
  staff.useToken(session.accessToken)
  const shop = await staff.read(VARIANTS, {}, (data) => data.products?.edges?.length > 0)
  const people = Array.from({ length: count }, (_, place) => {
    const name = `shopper-${place + 1}`
    const from = chance(seed, 'chaos shopper', place)
    const isGuest = place % GUESTS === GUESTS - 1
    const variants = variantsOf(shop)
    // A customer stays where they are; each request of a guest may be another guest's.
    let requests = 0
    const address = () => `198.51.${101 + place}.${isGuest ? ++requests % 250 : 1}`
    const own = {
      client: client(name, address),
      staff,
      name,
      isGuest,
      gatewayUrl,
      variants,
      isHasty,
      chance: from,
    }
    return shopper({ ...own, isOver: () => isOver || signal.aborted })
  })
  await Promise.all(people.map((one) => one.arrive()))

  const services = Map.groupBy(world.stack.programs, ({ service }) => service)
  const names = new Map([...services].map(([service, all]) => [service, all.map(({ name }) => name)]))
  const plan = planFaults({ seed, lengthMs, everyMs, services: names })
  onProgress(`${count} shoppers, ${plan.length} faults in ${lengthMs / 1_000} s`)
  const shopping = Promise.all(people.map((one) => one.shop()))
  await disturb(world, plan, { seed, signal, onFault: (planned) => onProgress(lineOf(planned)) })
  isOver = true
  onProgress('healing everything')
  await heal(world)
  const healed = performance.now()
  const leaving = setTimeout(() => {
    hasLeft = true
  }, LEAVE_MS)
  await shopping
  clearTimeout(leaving)
  signal.throwIfAborted()
  onProgress('waiting for rest')
  const unrest = await untilRest(world, { since, limitMs: REST_MS, onProgress })
  const restMs = Math.round(performance.now() - healed)
  const { facts, violations } = await checkInvariants(world.databases, { since, intents: intents.all })
  const twice = await publishedTwice(world, since)
  return { plan, facts, violations: [...unrest, ...violations], ends: intents.ends, restMs, twice }
}

type Shelf = {
  readonly products: {
    readonly edges: readonly {
      readonly node: { readonly variants: { readonly edges: readonly { readonly node: { id: string } }[] } }
    }[]
  }
}

function variantsOf({ products }: Shelf): string[] {
  return products.edges.flatMap(({ node }) => node.variants.edges.map(({ node: { id } }) => id))
}
