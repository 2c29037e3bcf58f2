import { type Chance, chance } from '../seed/random/chance.ts'

/** The servers' own settings of faults: shares of calls that fail, are dropped, or are answered late. */
export type ServerFaults = Readonly<Record<string, number>>

/** A fault with its parameters. Durations are milliseconds. */
export type Fault =
  /** SIGKILL. @param failpoint where the next process kills itself; null: nowhere */
  | { readonly kind: 'kill'; readonly target: string; readonly failpoint: string | null }
  /** SIGKILL to a worker of the router. */
  | { readonly kind: 'kill-worker'; readonly place: number }
  /** SIGSTOP, and SIGCONT after a while. */
  | { readonly kind: 'freeze'; readonly target: string; readonly ms: number }
  | { readonly kind: 'restart-broker'; readonly ms: number }
  | { readonly kind: 'restart-database'; readonly ms: number }
  /** Ends the sessions of a database. */
  | { readonly kind: 'cut-database'; readonly database: string }
  /** Closes the connections to a subgraph, or to the broker. */
  | { readonly kind: 'cut'; readonly target: string }
  /** Forwards nothing for a while. */
  | { readonly kind: 'hold'; readonly target: string; readonly ms: number }
  | { readonly kind: 'gateway' | 'carrier'; readonly ms: number; readonly faults: ServerFaults }
  /**
   * Publishes recent messages again under new message ids, so that the broker does not detect the duplicates.
   */
  | { readonly kind: 'duplicate'; readonly count: number; readonly overMs: number }

export type PlannedFault = { readonly atMs: number; readonly fault: Fault }

export type PlanOptions = {
  readonly seed: number
  readonly lengthMs: number
  /** Mean time between two faults. */
  readonly everyMs: number
  /** Names of the programs that are killed and frozen, by service. */
  readonly services: ReadonlyMap<string, readonly string[]>
}

/** Weights of services. Those that an order depends on are disturbed more often. */
const WEIGHTS: Readonly<Record<string, number>> = {
  orders: 5,
  payments: 5,
  inventory: 4,
  shipping: 4,
  'sandbox-gateway': 2,
  carrier: 2,
}

/** Crash points of the code, by service: see docs/chaos.md. */
const MESSAGING = ['outbox.claimed', 'outbox.published', 'inbox.handled', 'inbox.committed']
const FAILPOINTS: Readonly<Record<string, readonly string[]>> = {
  orders: MESSAGING,
  inventory: MESSAGING,
  payments: [...MESSAGING, 'payments.call-claimed', 'payments.gateway-answered'],
  shipping: [...MESSAGING, 'carrier.label.answered', 'carrier.void.answered', 'carrier.track.answered'],
}
const MAX_PASSES = 12

/** Databases whose sessions are cut. */
const DATABASES = ['orders', 'payments', 'inventory', 'shipping', 'users', 'sandbox_gateway', 'carrier']
const HELD = ['orders', 'payments', 'inventory', 'shipping', 'broker']

/** The faults of a run. They are the same for the same options on any machine. */
export function planFaults({ seed, lengthMs, everyMs, services }: PlanOptions): PlannedFault[] {
  const plan: PlannedFault[] = []
  const pauses = chance(seed, 'chaos pauses', 0)
  for (let atMs = pauses.between(0, everyMs); atMs < lengthMs; atMs += pauses.between(1, 2 * everyMs))
    plan.push({ atMs, fault: draw(chance(seed, 'chaos fault', plan.length), services) })
  return plan
}

type Draw = (chance: Chance, services: PlanOptions['services']) => Fault

const KINDS: readonly (readonly [weight: number, draw: Draw])[] = [
  [30, drawKill],
  [4, (from) => ({ kind: 'kill-worker', place: from.below(2) })],
  [
    14,
    (from, services) => ({
      kind: 'freeze',
      target: pickProgram(from, services),
      ms: from.between(200, 6_000),
    }),
  ],
  [5, (from) => ({ kind: 'restart-broker', ms: from.between(0, 3_000) })],
  [3, (from) => ({ kind: 'restart-database', ms: from.between(0, 1_500) })],
  [8, (from) => ({ kind: 'cut-database', database: from.pick(DATABASES) })],
  [6, (from) => ({ kind: 'cut', target: from.pick(HELD) })],
  [8, (from) => ({ kind: 'hold', target: from.pick(HELD), ms: from.between(100, 4_000) })],
  [10, (from) => ({ kind: 'gateway', ms: from.between(1_000, 8_000), faults: callFaults(from) })],
  [8, (from) => ({ kind: 'carrier', ms: from.between(1_000, 8_000), faults: carrierFaults(from) })],
  [10, (from) => ({ kind: 'duplicate', count: from.between(5, 60), overMs: from.between(0, 4_000) })],
]

function draw(from: Chance, services: PlanOptions['services']): Fault {
  return from.weighted(KINDS)(from, services)
}

function pickProgram(from: Chance, services: PlanOptions['services']): string {
  const weighted = [...services.keys()].map((name) => [WEIGHTS[name] ?? 1, name] as const)
  return from.pick(services.get(from.weighted(weighted)) ?? [])
}

function drawKill(from: Chance, services: PlanOptions['services']): Fault {
  const target = pickProgram(from, services)
  const [service = ''] = [...services].find(([, names]) => names.includes(target)) ?? []
  const points = FAILPOINTS[service]
  const isArmed = points !== undefined && from.flip(0.5)
  const failpoint = isArmed ? `${from.pick(points)}:${from.between(1, MAX_PASSES)}` : null
  return { kind: 'kill', target, failpoint }
}

/** A share that is often 0, and sometimes large. */
function share(from: Chance): number {
  return from.flip(0.4) ? 0 : Math.round(from.next() * 50) / 100
}

function callFaults(from: Chance): ServerFaults {
  const seed = from.bits() % 1_000_000
  const [fail, drop] = [share(from), share(from)]
  // Longer than the 10 s that the shop waits, sometimes.
  return { seed, fail, drop, slow: Math.min(share(from), 1 - fail - drop), slowMs: from.between(200, 12_000) }
}

function carrierFaults(from: Chance): ServerFaults {
  const webhooks = { webhookNone: share(from), webhookTwice: share(from), webhookLate: share(from) }
  const lose = from.flip(0.5) ? 0.1 : 0
  return { ...callFaults(from), lose, ...webhooks, lateSeconds: from.between(1, 8) }
}

/** A fault in one line, for people. */
export function lineOf({ atMs, fault }: PlannedFault): string {
  const { kind, ...rest } = fault
  const details = Object.entries(rest).map(([name, value]) => `${name} ${JSON.stringify(value)}`)
  return `${(atMs / 1_000).toFixed(2).padStart(7)} s  ${kind} ${details.join(', ')}`
}
