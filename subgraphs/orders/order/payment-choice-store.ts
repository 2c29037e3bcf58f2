// Tested in ../pay-later.int.test.ts: its transactions need a database.

import type { Clock } from '@argyle/kit/clock'
import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { type Claim, idempotent } from '@argyle/kit/idempotency'
import { money } from '@argyle/kit/money'
import { appendEvents } from '@argyle/kit/outbox'
import { notFound } from '@argyle/kit/user-errors'
import { orderSummarised } from '../events.ts'
import { Prisma, type PrismaClient } from '../generated/prisma/client.ts'
import { answerOrder } from '../saga/saga-store.ts'
import { NO_TAX } from '../tax/tax.ts'
import { atomically, type Tx } from '../transaction.ts'
import { readTerms } from './order-rows.ts'
import {
  choosePayment,
  type PaymentChoice,
  type PayOrder,
  type PayOrderError,
  type UnpaidOrder,
} from './payment-choice.ts'

/** The caller of payOrder: a customer, or a guest who has shown the order's secret. */
type Payer = { readonly customerId: string } | 'guest'

/** Locks an order of the caller until the transaction ends; null if there is none. */
async function lockUnpaid(tx: Tx, id: string, payer: Payer): Promise<UnpaidOrder | null> {
  const isTheirs = payer === 'guest' ? Prisma.sql`true` : Prisma.sql`o.customer_id = ${payer.customerId}`
  const [row] = await tx.$queryRaw<UnpaidOrder[]>`
    SELECT o.id, o.status::text, o.cart_id AS "cartId", o.currency::text,
           o.pay_later AND o.step::text IN ('RESERVING', 'CHOOSING_PAYMENT') AS "isOpen",
           o.total_minor AS "totalMinor", o.ship_rate_id IS NOT NULL AS "hasShipping",
           o.payment_method_id AS "paymentMethodId", o.ship_country_code AS "countryCode", o.ship_region AS region,
           o.ship_postal_code AS "postalCode",
           (SELECT CASE WHEN bool_and(l.weight_grams IS NOT NULL) THEN sum(l.quantity * l.weight_grams)::float8 END
              FROM order_line l WHERE l.order_id = o.id) AS grams
      FROM orders o WHERE o.id = ${id} AND ${isTheirs} FOR UPDATE OF o`
  return row ?? null
}

/** Saves the choice as a version of the order: the summary with the new total must follow the one before. */
async function saveChoice(
  tx: Tx,
  id: string,
  { shipping, totalMinor, paymentMethodId }: PaymentChoice,
): Promise<void> {
  const { rateId = null, carrier = null, service = null, price } = shipping?.quote ?? {}
  const { onTopMinor, includedMinor } = shipping?.tax ?? NO_TAX
  await tx.$executeRaw`
    UPDATE orders SET version = version + 1, pay_later = false, payment_method_id = ${paymentMethodId}, total_minor = ${totalMinor},
           ship_rate_id = COALESCE(ship_rate_id, ${rateId}), ship_carrier = COALESCE(ship_carrier, ${carrier}),
           ship_service = COALESCE(ship_service, ${service}), shipping_minor = shipping_minor + ${price?.minor ?? 0n},
           shipping_tax_minor = shipping_tax_minor + ${onTopMinor}, tax_minor = tax_minor + ${onTopMinor},
           shipping_included_tax_minor = shipping_included_tax_minor + ${includedMinor},
           included_tax_minor = included_tax_minor + ${includedMinor}
     WHERE id = ${id}`
}

/** Publishes the order with its new total. */
async function summarise(tx: Tx, id: string): Promise<void> {
  const row = await tx.order.findFirst({
    where: { id },
    include: { lines: { orderBy: { position: 'asc' } } },
  })
  if (!row) return
  const totals = { total: money(row.totalMinor, row.currency) }
  await appendEvents(tx, [orderSummarised({ ...row, countryCode: row.shipCountryCode, totals })])
}

/** The transaction of payOrder. */
export function paymentChoiceStore({ prisma, clock }: { prisma: PrismaClient; clock: Clock }) {
  async function complete(tx: Tx, payer: Payer, request: PayOrder): Promise<Decision<string, PayOrderError>> {
    const { orderId, quote } = request
    const order = await lockUnpaid(tx, orderId, payer)
    // An order of another customer gets the answer of one that does not exist.
    if (!order) return refuse(notFound('order', orderId, ['orderId']))
    const now = clock()
    const terms = await readTerms(tx, order, quote?.payload.kid ?? null)
    const choice = choosePayment(order, request, { ...terms, now })
    if (!choice.ok) return choice
    await saveChoice(tx, orderId, choice.value)
    await answerOrder(tx, orderId, { type: 'PaymentChosen' }, now)
    await summarise(tx, orderId)
    return accept(orderId)
  }

  function once(
    payer: Payer,
    of: Pick<Claim, 'principal' | 'mutation'>,
    request: PayOrder,
  ): Promise<Decision<string, PayOrderError>> {
    const { idempotencyKey: key, ...rest } = request
    // The signed text identifies the shipping option.
    const claim = {
      ...of,
      key,
      answer: request.orderId,
      request: { ...rest, quote: rest.quote?.signed ?? null },
    }
    return atomically(prisma, (tx) => idempotent(tx, claim, () => complete(tx, payer, request)))
  }

  return {
    /** Completes an order, once per idempotency key. Accepts the id of the order. */
    pay: (customerId: string, request: PayOrder) =>
      once({ customerId }, { principal: customerId, mutation: 'payOrder' }, request),

    /** The same for a guest who has shown the secret of the order. */
    payForGuest: (request: PayOrder) =>
      once('guest', { principal: request.orderId, mutation: 'payGuestOrder' }, request),
  }
}

export type PaymentChoiceStore = ReturnType<typeof paymentChoiceStore>
