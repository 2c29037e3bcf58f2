import type { Clock } from '@argyle/kit/clock'
import { cartLoaders } from './cart/cart-loaders.ts'
import type { PrismaClient } from './generated/prisma/client.ts'
import { orderLoaders } from './order/order-loaders.ts'
import { taxLoaders } from './tax/tax-loaders.ts'

/** The loaders of one operation. */
export function ordersLoaders(prisma: PrismaClient, clock: Clock) {
  return { ...cartLoaders(prisma, clock), ...orderLoaders(prisma), ...taxLoaders(prisma) }
}

export type OrdersLoaders = ReturnType<typeof ordersLoaders>
