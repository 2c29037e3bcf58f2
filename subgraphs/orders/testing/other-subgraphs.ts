import { newId } from '@argyle/kit/ids'
import type { TestSubgraph } from '@argyle/kit/testing/subgraph'
import type { PrismaClient } from '../generated/prisma/client.ts'

/** The fault-free answers of payments that follow inventory's. */
export async function payFor({ deliver }: TestSubgraph, prisma: PrismaClient, type: string, orderId: string) {
  const order = await prisma.order.findUnique({ where: { id: orderId } })
  if (!order?.paymentMethodId) return
  const amount = { amountMinor: String(order.totalMinor), currencyCode: order.currency }
  const about = { orderId, paymentId: newId('pay') }
  if (type === 'reserved')
    await deliver('payments.payment.authorized', { ...about, amount }, { subject: orderId })
  if (type === 'expired' || type === 'released')
    await deliver('payments.payment.voided', about, { subject: orderId })
  if (type !== 'committed') return
  const captured = { ...about, captured: amount, capturedTotal: amount }
  await deliver('payments.payment.captured', captured, { subject: orderId })
}

/** The allocations in inventory's answer: all from one warehouse. */
export async function allocationsOf(prisma: PrismaClient, orderId: string) {
  const lines = await prisma.orderLine.findMany({ where: { orderId } })
  const from = { warehouseId: newId('whs'), warehouseCode: 'LEI-1' }
  return lines.map(({ variantId, quantity }) => ({ ...from, variantId, quantity }))
}
