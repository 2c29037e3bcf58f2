// Tested in ../courier.int.test.ts: calls need a carrier and a database.

import type { Clock } from '@argyle/kit/clock'
import type { TransactionOf } from '@argyle/kit/database'
import { failpoint } from '@argyle/kit/failpoint'
import { foreignText } from '@argyle/kit/foreign-text'
import type { Logger } from '@argyle/kit/subgraph'
import type { PrismaClient } from '../generated/prisma/client.ts'
import type { Command } from '../shipment/decide.ts'
import { nextCall } from '../shipment/fulfilment.ts'
import { handleCommand, lockFulfilment, type Pace } from '../shipment/fulfilment-store.ts'
import { saveTracking } from '../shipment/tracking-store.ts'
import { type Carrier, CarrierRefused, CarrierUnavailable, type LabelRequest, type Scan } from './carrier.ts'

/** Maximum number of shipments in one round, and of concurrent calls to the carrier. */
export const BATCH = 32
const AT_ONCE = 16
/**
 * Lease of a claimed shipment in milliseconds. It is longer than a call with its two transactions; after it,
 * another replica may claim the shipment.
 */
const LEASE_MS = 30_000
/** Longest pause after a call without an outcome. */
const MAX_PAUSE_MS = 300_000
/** Longest pause after a call that the carrier refused. */
const MAX_REFUSED_PAUSE_MS = 6 * 3_600_000
/** Number of refused calls for a label after which the parcel fails: about a day and a half. */
export const MAX_REFUSALS = 20
/** Maximum length of a stored failure, in characters. */
const MAX_ERROR_LENGTH = 500

type Tx = TransactionOf<PrismaClient>

export type CarrierCalls = {
  readonly prisma: PrismaClient
  readonly clock: Clock
  readonly carrier: Carrier
  readonly log: Logger
  pace(): Pace
}

type Claimed = { readonly id: string; readonly orderId: string }

/** Claims due shipments. Other replicas skip them for the duration of the lease. */
function claim({ prisma, clock }: CarrierCalls): Promise<Claimed[]> {
  const now = clock()
  const lease = new Date(now.getTime() + LEASE_MS)
  return prisma.$queryRaw<Claimed[]>`
    UPDATE shipment SET call_at = ${lease}::timestamptz
     WHERE id = ANY(ARRAY(SELECT id FROM shipment WHERE call_at <= ${now}::timestamptz
                           ORDER BY call_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED))
    RETURNING id, order_id AS "orderId"`
}

/** Calls the carrier for each due shipment. @returns their number */
export async function callCarrier(calls: CarrierCalls): Promise<number> {
  const claimed = await claim(calls)
  const waiting = [...claimed].reverse()
  const worker = async () => {
    for (let next = waiting.pop(); next; next = waiting.pop()) await callAbout(calls, next)
  }
  // A worker that fails leaves its parcels to the others. The round ends when all workers have ended.
  const ended = await Promise.allSettled(Array.from({ length: Math.min(AT_ONCE, claimed.length) }, worker))
  for (const one of ended) if (one.status === 'rejected') throw one.reason
  return claimed.length
}

async function callAbout(calls: CarrierCalls, claimed: Claimed): Promise<void> {
  const { carrier, clock, log } = calls
  const { id } = claimed
  let wanted: Wanted | null = null
  try {
    wanted = await prepare(calls, claimed)
    if (!wanted) return
    const outcome = await ask(carrier, wanted, clock)
    failpoint(`carrier.${wanted.call}.answered`)
    await save(calls, claimed, wanted, outcome)
  } catch (error) {
    const reason = foreignText(error instanceof Error ? error.message : String(error), MAX_ERROR_LENGTH)
    if (error instanceof CarrierUnavailable || error instanceof CarrierRefused)
      log.warn({ shipmentId: id, reason }, 'the outcome of a call to the carrier is unknown; it is repeated')
    else log.error({ shipmentId: id, err: error }, 'a call to the carrier failed; it is repeated')
    const isLabel = wanted?.call === 'label'
    const refusals = await postpone(calls, id, {
      reason,
      isRefused: error instanceof CarrierRefused,
      isLabel,
    })
    if (wanted?.call !== 'label' || refusals < MAX_REFUSALS) return
    const { attempt } = wanted
    await save(calls, claimed, wanted, (shipmentId) =>
      outcome({ type: 'labelRefused', shipmentId, attempt, at: clock() }),
    )
  }
}

type Failure = { readonly reason: string; readonly isRefused: boolean; readonly isLabel: boolean }

/**
 * Postpones a call: by 1 s, 2 s, 4 s … up to five minutes. A call for a label ends at the 20th refusal. Other
 * calls may be refused without end, and are postponed by up to six hours.
 * @returns the number of refused calls in a row
 */
async function postpone(
  { prisma, clock }: CarrierCalls,
  id: string,
  { reason, isRefused, isLabel }: Failure,
): Promise<number> {
  const row = await prisma.shipment.findUnique({ where: { id }, select: { failures: true, refusals: true } })
  const { failures, refusals } = row ?? { failures: 0, refusals: 0 }
  const pauseMs =
    isRefused && !isLabel
      ? Math.min(1_000 * 2 ** refusals, MAX_REFUSED_PAUSE_MS)
      : Math.min(1_000 * 2 ** failures, MAX_PAUSE_MS)
  const callAt = new Date(clock().getTime() + pauseMs)
  const next = { failures: failures + 1, refusals: isRefused ? refusals + 1 : refusals }
  const data = { ...next, callAt, lastError: reason }
  const { count } = await prisma.shipment.updateMany({ where: { id, callAt: { not: null } }, data })
  return count === 0 ? 0 : next.refusals
}

type Wanted =
  | { readonly call: 'label'; readonly request: LabelRequest; readonly attempt: number }
  | { readonly call: 'void' | 'track'; readonly labelId: string; readonly attempt: number }

/** Saves the intent to request a label before the call. Returns null if no call is needed. */
function prepare({ prisma, pace }: CarrierCalls, { id, orderId }: Claimed): Promise<Wanted | null> {
  return prisma.$transaction(async (tx): Promise<Wanted | null> => {
    const found = await lockFulfilment(tx, orderId)
    const state = await handleCommand(tx, orderId, found, { type: 'ask', shipmentId: id }, pace())
    const shipment = state?.shipments.find((candidate) => candidate.id === id)
    const call = state && shipment ? nextCall(state, shipment) : null
    if (!shipment || call === null) {
      await tx.$executeRaw`UPDATE shipment SET call_at = NULL WHERE id = ${id}`
      return null
    }
    const { attempt, made } = shipment
    if (call !== 'label') return made ? { call, labelId: made.labelId, attempt } : null
    return { call, request: await labelRequest(tx, id), attempt }
  })
}

type ParcelRow = Omit<LabelRequest, 'reference' | 'from'> & { readonly warehouseCode: string }

async function labelRequest(tx: Tx, id: string): Promise<LabelRequest> {
  const [row] = await tx.$queryRaw<ParcelRow[]>`
    SELECT s.warehouse_code AS "warehouseCode", s.weight_grams AS "weightGrams", COALESCE(f.carrier, '') AS carrier,
           COALESCE(f.service, '') AS service, f.address AS "to"
      FROM shipment s JOIN fulfilment f ON f.order_id = s.order_id WHERE s.id = ${id}`
  if (!row) throw new Error(`there is no shipment ${id}`)
  const { warehouseCode, ...request } = row
  return { ...request, reference: id, from: { warehouseCode } }
}

type Outcome = { readonly command: Command | null; readonly scans: readonly Scan[] }

async function ask(carrier: Carrier, wanted: Wanted, clock: Clock): Promise<(id: string) => Outcome> {
  const { attempt } = wanted
  switch (wanted.call) {
    case 'label': {
      // The idempotency key of the attempt: after a crash or timeout, the carrier returns its first response
      // again.
      const answer = await carrier.createLabel(wanted.request, `${wanted.request.reference}.${attempt}`)
      if (answer.type === 'made')
        return (shipmentId) => outcome({ type: 'labelMade', shipmentId, attempt, label: answer.label })
      const at = clock()
      return (shipmentId) => outcome({ type: 'labelRefused', shipmentId, attempt, at })
    }
    case 'void': {
      const answer = await carrier.voidLabel(wanted.labelId)
      if (answer === 'voided') return (shipmentId) => outcome({ type: 'voided', shipmentId, attempt })
      return track(carrier, wanted.labelId, attempt)
    }
    case 'track':
      return track(carrier, wanted.labelId, attempt)
  }
}

async function track(carrier: Carrier, labelId: string, attempt: number): Promise<(id: string) => Outcome> {
  const { state, scans } = await carrier.track(labelId)
  return (shipmentId) => ({ command: { type: 'tracked', shipmentId, attempt, state }, scans })
}

const outcome = (command: Command): Outcome => ({ command, scans: [] })

async function save(
  { prisma, pace, log }: CarrierCalls,
  { id, orderId }: Claimed,
  { call }: Wanted,
  outcomeOf: (id: string) => Outcome,
): Promise<void> {
  const { command, scans } = outcomeOf(id)
  // Tracking events that cannot be saved must not keep the status from being saved.
  await saveTracking(prisma, id, scans).catch((error) =>
    log.error({ shipmentId: id, err: error }, 'the tracking events of a parcel could not be saved'),
  )
  await prisma.$transaction(async (tx) => {
    const before = await lockFulfilment(tx, orderId)
    const after = command && (await handleCommand(tx, orderId, before, command, pace()))
    if (call !== 'track' || after?.version !== before?.version) return
    // Nothing changed: the next lookup is due after the normal interval.
    const { now, pollMs } = pace()
    const data = { callAt: new Date(now.getTime() + pollMs), failures: 0, refusals: 0, lastError: null }
    await tx.shipment.updateMany({ where: { id, callAt: { not: null } }, data })
  })
}
