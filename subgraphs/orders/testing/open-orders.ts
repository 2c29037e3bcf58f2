import type { Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import {
  customer,
  staff,
  type TestOptions,
  type TestSubgraph,
  testSubgraph,
} from '@argyle/kit/testing/subgraph'
import type { PrismaClient } from '../generated/prisma/client.ts'
import { orders, type Resources } from '../subgraph.ts'
import { ADD, APPLY, CART, CREATE_COUPON, PLACE } from './operations.ts'
import { allocationsOf, payFor } from './other-subgraphs.ts'
import { type OptionOf, QUOTE_KEY, shippingOption } from './quotes.ts'

/** A member of staff who may read orders and create coupons. */
export const clerk: Viewer = staff('orders:read', 'orders:write')

/** Prices of one variant, in minor units. */
export type Prices = { USD: string; EUR: string; JPY: string }
export type Sock = { productId: string; variantId: string }

/** A customer with an address. */
export type TestBuyer = { id: string; viewer: Viewer; addressId: string }

const PRICES: Prices = { USD: '1299', EUR: '1199', JPY: '1800' }

export const eventPrices = (prices: Prices) =>
  Object.entries(prices).map(([currencyCode, amountMinor]) => ({ amountMinor, currencyCode }))

/** The fields of a cart that tests read. */
export type ShownCart = {
  id: string
  version: number
  total: { amount: string; currencyCode: string }
  orderable: boolean
  discounts: { code: string; status: string }[]
  lines: {
    id: string
    quantity: number
    orderable: boolean
    availableQuantity: number | null
    variant: { id: string }
  }[]
}

/** Opens orders on a database of its own. The test plays the other subgraphs. */
export type Shop = TestSubgraph & {
  readonly own: Resources
  readonly prisma: PrismaClient
  /** Creates a product with one variant that is for sale. */
  addSock(options?: { prices?: Partial<Prices>; title?: string; available?: number }): Promise<Sock>
  setPrice(sock: Sock, prices: Partial<Prices>, sequence: number): Promise<void>
  setStatus(sock: Sock, status: string, sequence: number): Promise<void>
  addBuyer(): Promise<TestBuyer>
  /** Puts units into the viewer's own cart, or into a new guest cart. */
  fill(viewer: Viewer, sock: Sock, quantity?: number, more?: object): Promise<ShownCart>
  cart(viewer: Viewer, id?: string): Promise<ShownCart | null>
  /**
   * A shipping option for the contents of a cart and an address of `customer_address`. Default: an option for
   * nothing.
   */
  option(cart: ShownCart | null, addressId: string, more?: Partial<OptionOf>): Promise<string>
  /** The payload of placeOrder for the buyer's cart at its current total. */
  // biome-ignore lint/suspicious/noExplicitAny: assertions read the response by path
  place(buyer: TestBuyer, more?: object): Promise<any>
  /** Places an order for one unit of the sock, or of a new one. */
  order(buyer: TestBuyer, sock?: Sock): Promise<{ id: string; number: string; version: number }>
  /** Delivers one of inventory's answers about an order, followed by that of payments unless `unpaid`. */
  answer(
    type: 'reserved' | 'rejected' | 'committed' | 'released' | 'expired',
    orderId: string,
    more?: { readonly unpaid?: boolean; readonly [field: string]: unknown },
  ): Promise<void>
  /** The types of the messages about an order but for its summaries and its states as a sale, in the order of sending. */
  said(orderId: string): Promise<string[]>
  /** The payload of createCoupon. */
  // biome-ignore lint/suspicious/noExplicitAny: assertions read the response by path
  coupon(input: object): Promise<any>
  apply(buyer: TestBuyer, code: string): Promise<void>
}

const ANSWER_TYPES = {
  reserved: 'inventory.stock.reserved',
  rejected: 'inventory.stock.rejected',
  committed: 'inventory.stock.committed',
  released: 'inventory.stock.released',
  expired: 'inventory.reservation.expired',
}

function catalogue({ deliver }: TestSubgraph) {
  const say = (sock: Sock, status: string, prices: Prices, title: string, sequence: number) => {
    const { productId, variantId } = sock
    const variant = {
      variantId,
      sku: `SKU-${variantId.slice(-6)}`,
      title: 'M',
      weightGrams: 60,
      prices: eventPrices(prices),
    }
    const data = { productId, slug: productId, title, status, categoryId: null, variants: [variant] }
    return deliver('products.product.changed', data, { subject: productId, sequence })
  }
  return {
    async addSock({
      prices = {},
      title = 'Merino Crew',
      available,
    }: {
      prices?: Partial<Prices>
      title?: string
      available?: number
    } = {}) {
      const sock = { productId: newId('prd'), variantId: newId('var') }
      await say(sock, 'ACTIVE', { ...PRICES, ...prices }, title, 1)
      if (available !== undefined) {
        const data = { variantId: sock.variantId, status: 'LOW_STOCK', availableQuantity: available }
        await deliver('inventory.availability.changed', data, { subject: sock.variantId })
      }
      return sock
    },
    async setPrice({ productId, variantId }: Sock, prices: Partial<Prices>, sequence: number) {
      const data = {
        productId,
        variantId,
        sku: 'SKU',
        prices: eventPrices({ ...PRICES, ...prices }),
        previousPrices: [],
      }
      await deliver('products.price.changed', data, { subject: productId, sequence })
    },
    setStatus: (sock: Sock, status: string, sequence: number) =>
      say(sock, status, PRICES, 'Merino Crew', sequence),
  }
}

const NO_CART = { id: newId('crt'), version: 1, total: { amount: '0', currencyCode: 'USD' } }

/** Opens orders for a test file. */
export async function openOrders(options: TestOptions = {}): Promise<Shop> {
  const subgraph = await testSubgraph(orders, options)
  const { execute, deliver } = subgraph
  // The subgraph's own definition opened the resources.
  const own = subgraph.resources as unknown as Resources
  const goods = catalogue(subgraph)
  await deliver('shipping.quote_key.published', QUOTE_KEY, { subject: QUOTE_KEY.keyId })

  const cart: Shop['cart'] = async (viewer, id) => (await execute(CART, { id }, viewer)).data.cart
  const fill: Shop['fill'] = async (viewer, { variantId }, quantity = 1, more = {}) => {
    const input = { idempotencyKey: newId('evt'), variantId, quantity, ...more }
    const { data, errors } = await execute(ADD, { input }, viewer)
    if (!data?.addCartLine?.cart) throw new Error(JSON.stringify([data, errors]))
    return data.addCartLine.cart
  }
  const option: Shop['option'] = async (full, addressId, more = {}) => {
    const address = await own.prisma.customerAddress.findUnique({ where: { addressId } })
    return shippingOption({
      cartId: full?.id ?? newId('crt'),
      currency: full?.total.currencyCode ?? 'USD',
      grams: 60 * (full?.lines ?? []).reduce((sum, { quantity }) => sum + quantity, 0),
      countryCode: address?.countryCode ?? 'NO',
      postalCode: address?.postalCode ?? '5003',
      ...more,
    })
  }
  const place: Shop['place'] = async ({ viewer, addressId }, more = {}) => {
    const full = await cart(viewer)
    const { id: cartId, version, total } = full ?? NO_CART
    const input = {
      shippingOptionId: await option(full, addressId),
      paymentMethodId: newId('pmt'),
      idempotencyKey: newId('evt'),
      cartId,
      expectedCartVersion: version,
      expectedTotal: total,
      shippingAddressId: addressId,
      ...more,
    }
    const { data, errors } = await execute(PLACE, { input }, viewer)
    if (!data?.placeOrder) throw new Error(JSON.stringify(errors))
    return data.placeOrder
  }

  return {
    ...subgraph,
    ...goods,
    own,
    prisma: own.prisma,
    cart,
    fill,
    place,
    async addBuyer() {
      const id = newId('usr')
      const addressId = newId('adr')
      const address = {
        recipient: 'Ada Lund',
        line1: '1 Mill Lane',
        line2: null,
        city: 'Bergen',
        region: null,
      }
      const data = { addressId, userId: id, ...address, postalCode: '5003', countryCode: 'NO' }
      await deliver('users.address.saved', data, { subject: addressId })
      return { id, viewer: customer(id), addressId }
    },
    async order(buyer, sock) {
      await fill(buyer.viewer, sock ?? (await goods.addSock()))
      const { order, userErrors } = await place(buyer)
      if (!order) throw new Error(JSON.stringify(userErrors))
      return order
    },
    option,
    async answer(type, orderId, { unpaid = false, ...more } = {}) {
      const allocations = type === 'committed' ? await allocationsOf(own.prisma, orderId) : undefined
      const data = { orderId, reservationId: newId('res'), ...(allocations && { allocations }), ...more }
      await deliver(ANSWER_TYPES[type], data, { subject: orderId })
      if (!unpaid) await payFor(subgraph, own.prisma, type, orderId)
    },
    async said(orderId) {
      const rows = await own.prisma.$queryRaw<{ type: string }[]>`
        SELECT type FROM outbox_message WHERE subject = ${orderId} AND type NOT IN ('orders.order.summarised', 'orders.sale.changed')
         ORDER BY id`
      return rows.map(({ type }) => type)
    },
    async coupon(input) {
      const { data, errors } = await execute(
        CREATE_COUPON,
        { input: { idempotencyKey: newId('evt'), ...input } },
        clerk,
      )
      if (!data?.createCoupon) throw new Error(JSON.stringify(errors))
      return data.createCoupon
    },
    async apply({ viewer }, code) {
      const { id: cartId, version: expectedVersion } = (await cart(viewer)) ?? { id: '', version: 0 }
      const { data } = await execute(APPLY, { input: { cartId, expectedVersion, code } }, viewer)
      if (!data.applyCoupon.cart) throw new Error(JSON.stringify(data))
    },
  }
}
