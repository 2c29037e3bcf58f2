// Tested in ../lost-answers.int.test.ts: a call needs a gateway.

import { money } from '@argyle/kit/money'
import {
  type Changed,
  type Gateway,
  type GatewayRefund,
  GatewayUnavailable,
  type Known,
  type Snapshot,
} from '../gateway/gateway.ts'
import type { ClaimedCall } from './gateway-calls.ts'

/** The answer to a call. */
export type CallAnswer =
  | { readonly kind: 'PAYMENT'; readonly changed: Changed }
  | { readonly kind: 'REFUND'; readonly refund: GatewayRefund }

const asChanged = (snapshot: Snapshot): Changed => ({ snapshot, refusal: null })

/** Makes a call. If an earlier attempt had an unknown outcome, it reads the current state first. */
export async function makeCall(gateway: Gateway, call: ClaimedCall): Promise<CallAnswer> {
  const { kind, id: key, attempts: attempt, gatewayRef: ref, methodRef, orderId, orderNumber } = call
  const amount = money(call.amountMinor, call.currency)
  const payment = (changed: Changed): CallAnswer => ({ kind: 'PAYMENT', changed })
  if (kind === 'AUTHORIZE' && ref === null)
    return payment(
      asChanged(await gateway.authorize({ key, attempt, methodRef, amount, orderId, orderNumber })),
    )
  if (ref === null) throw new GatewayUnavailable(`there is no payment to ${kind} yet`)
  const known: Known = { key, attempt, ref, amount }
  switch (kind) {
    case 'AUTHORIZE':
    case 'FETCH':
      return payment(asChanged(await gateway.fetch(ref)))
    case 'CAPTURE':
      return payment((await stands(gateway, known, ['CAPTURED'])) ?? (await gateway.capture(known)))
    case 'VOID':
      return payment(
        (await (call.isTimeout ? foundAuthenticated(gateway, known) : stands(gateway, known, OVER))) ??
          (await gateway.void(known)),
      )
    case 'REFUND': {
      const back = money(call.refundMinor ?? 0n, call.currency)
      const of = { reason: call.refundReason ?? '', replaces: call.refundReplaces }
      return { kind: 'REFUND', refund: await gateway.refund({ ...known, amount: back, ...of }) }
    }
  }
}

/** Statuses in which the gateway holds no money. */
const OVER: readonly Snapshot['status'][] = ['VOIDED', 'DECLINED']

/**
 * Reads a payment whose authentication timed out. The customer may have authenticated it in time without a
 * webhook that arrived.
 */
async function foundAuthenticated(gateway: Gateway, { ref }: Known): Promise<Changed | null> {
  const snapshot = await gateway.fetch(ref)
  return snapshot.status === 'REQUIRES_ACTION' ? null : asChanged(snapshot)
}

async function stands(
  gateway: Gateway,
  { attempt, ref }: Known,
  done: readonly Snapshot['status'][],
): Promise<Changed | null> {
  if (attempt === 1) return null
  const snapshot = await gateway.fetch(ref)
  return done.includes(snapshot.status) ? asChanged(snapshot) : null
}
