// Tested in ../checkout.int.test.ts: the test runs operations.

import { connectionOf, type Page, pageArgs } from '@argyle/kit/connection'
import { payload } from '@argyle/kit/decision'
import { hashOf, isSecretOf } from '@argyle/kit/hashed-secret'
import { hasScope, isSelf, mayReadOrder, requireUser, type Viewer } from '@argyle/kit/identity'
import { isId, readId } from '@argyle/kit/ids'
import { instantCursor } from '@argyle/kit/keyset'
import type { Order } from '../generated/prisma/client.ts'
import type { Resolvers } from '../generated/resolvers.ts'
import type { Context } from '../subgraph.ts'
import { stepsIn } from './history.ts'
import { readCancelOrder, readPayOrder, readPlaceOrder } from './order-input.ts'
import { isOrderNumber } from './order-number.ts'
import { boughtKey } from './order-reads.ts'
import { addressOf, amountsOfLine, amountsOfOrder, consignmentOf, type ShownOrder } from './order-shape.ts'

function visible(order: Order | null, { viewer }: Context): Order | null {
  return order && mayReadOrder(viewer, order.customerId) ? order : null
}

/** Tests whether the proof is that of the order's secret, as a guest's operation gave it to another subgraph. */
function isProven({ guestSecretHash }: Order, proof: string | null | undefined): boolean {
  return Boolean(proof) && guestSecretHash !== null && isSecretOf(hashOf(guestSecretHash), proof ?? '')
}

/**
 * Tests who may know how an order is paid: its customer, a guest who has shown its secret, and staff who may read payments. Payments shows a guest's
 * method to whoever knows its id.
 */
function mayReadMethod(
  viewer: Viewer,
  { customerId, guestProof }: Pick<ShownOrder, 'customerId' | 'guestProof'>,
) {
  const isOwn = customerId !== null && isSelf(viewer, customerId)
  return isOwn || guestProof !== undefined || hasScope(viewer, 'payments:read')
}

async function orderById(id: string, context: Context): Promise<Order | null> {
  return isId('ord', id) ? visible(await context.load.orderById.load(id), context) : null
}

async function orderByNumber(number: string, context: Context): Promise<Order | null> {
  return isOrderNumber(number) ? visible(await context.load.orderByNumber.load(number), context) : null
}

const isPayable = ({ payLater, step }: Order) =>
  payLater && (step === 'RESERVING' || step === 'CHOOSING_PAYMENT')

const connection = (rows: readonly Order[], page: Page) =>
  connectionOf(rows, page, { cursorOf: ({ placedAt, id }) => instantCursor(placedAt, id) })

/** Resolvers only translate: they read arguments, call one function, shape the result. */
export const orderResolvers = {
  Query: {
    order: (_, { id }, context) => orderById(readId('id', 'ord', id), context),
    async orders(_, args, { load }) {
      const page = pageArgs(args)
      return connection(await load.page(page, args.status ?? null), page)
    },
  },

  Mutation: {
    async placeOrder(_, args, context) {
      const input = readPlaceOrder(args.input)
      if (!input.ok) return payload('order', input)
      const decision = await context.orders.place(requireUser(context.viewer).id, input.value)
      if (!decision.ok) return payload('order', decision)
      return { order: await context.load.orderById.load(decision.value), userErrors: [] }
    },

    async payOrder(_, args, context) {
      const input = readPayOrder(args.input)
      if (!input.ok) return payload('order', input)
      const decision = await context.paymentChoices.pay(requireUser(context.viewer).id, input.value)
      if (!decision.ok) return payload('order', decision)
      return { order: await context.load.orderById.load(decision.value), userErrors: [] }
    },

    async cancelOrder(_, args, context) {
      const input = readCancelOrder(args.input)
      if (!input.ok) return payload('order', input)
      const { id } = requireUser(context.viewer)
      const isStaff = hasScope(context.viewer, 'orders:write')
      const decision = await context.sagas.cancel({ id, isStaff }, input.value)
      if (!decision.ok) return payload('order', decision)
      return { order: await context.load.orderById.load(decision.value), userErrors: [] }
    },
  },

  User: {
    async orders({ id }, args, { load, viewer }) {
      const page = pageArgs(args)
      requireUser(viewer)
      if (!isSelf(viewer, id) && !hasScope(viewer, 'orders:read')) return null
      return connection(await load.ordersByCustomerId(page).load(id), page)
    },
  },

  Order: {
    __resolveReference: (reference, context) =>
      'number' in reference ? orderByNumber(reference.number, context) : orderById(reference.id, context),
    ...amountsOfOrder,
    customer: ({ customerId }) => (customerId === null ? null : { id: customerId }),
    lines: async ({ id, currency }, _, { load }) =>
      (await load.linesByOrderId.load(id)).map((line) => ({ ...line, currency })),
    shippingAddress: addressOf,
    payable: isPayable,
    consignment: async (order, _, { load }) =>
      isPayable(order) ? consignmentOf(order, await load.linesByOrderId.load(order.id)) : null,
    guestProof: ({ guestProof }) => guestProof ?? null,
    paymentMethod: ({ paymentMethodId: id, customerId, guestProof }, _, { viewer }) =>
      id !== null && mayReadMethod(viewer, { customerId, guestProof }) ? { id } : null,
    history: ({ id }, _, { load }) => load.historyByOrderId.load(id),
  },

  OrderStatusChange: {
    async steps(change, _, { load }) {
      const [history, steps] = await Promise.all([
        load.historyByOrderId.load(change.orderId),
        load.stepsByOrderId.load(change.orderId),
      ])
      return stepsIn(change, history, steps)
    },
  },

  OrderLine: {
    async __resolveReference({ id, guestProof }, context) {
      const line = isId('oln', id) ? await context.load.lineById.load(id) : null
      const order = line && (await context.load.orderById.load(line.orderId))
      if (!line || !order) return null
      if (!isProven(order, guestProof))
        return visible(order, context) && { ...line, currency: order.currency }
      return { ...line, currency: order.currency, guestProof }
    },
    guestProof: ({ guestProof }) => guestProof ?? null,
    ...amountsOfLine,
    titleAtPurchase: ({ title }) => title,
    skuAtPurchase: ({ sku }) => sku,
    variant: ({ variantId }) => ({ id: variantId }),
  },

  Review: {
    async verifiedPurchase({ author, product }, _, { load }) {
      if (!author || !product || !isId('usr', author.id) || !isId('prd', product.id)) return null
      return (await load.purchase.load(boughtKey(author.id, product.id))) !== null
    },
  },
} satisfies Resolvers
