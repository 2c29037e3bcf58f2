// Tested in ../cart.int.test.ts: the test runs operations.

import { accept, type Decision, payload } from '@argyle/kit/decision'
import { loadAccepted } from '@argyle/kit/idempotency'
import { requireUser, type Viewer } from '@argyle/kit/identity'
import { isId, readId } from '@argyle/kit/ids'
import { money } from '@argyle/kit/money'
import type { Resolvers } from '../generated/resolvers.ts'
import type { Context } from '../subgraph.ts'
import { percentOfPpm } from '../tax/percent.ts'
import { acknowledgePrices, type CartHead, clear, removeLine, setQuantity, withoutCoupon } from './cart.ts'
import {
  readAddCartLine,
  readCart,
  readCartCoupon,
  readCartLine,
  readCartLineQuantity,
  readClaim,
} from './cart-input.ts'
import { isOpenTo } from './cart-life.ts'
import type { CartError } from './cart-store.ts'

const shopperOf = (viewer: Viewer) => (viewer.kind === 'user' ? viewer.id : null)

/** The cart, if it exists and the viewer may use it. */
async function seen(cart: CartHead | null, { viewer, now }: Context): Promise<CartHead | null> {
  return cart && isOpenTo(cart, shopperOf(viewer), now) ? cart : null
}

async function cartById(id: string, context: Context): Promise<CartHead | null> {
  return isId('crt', id) ? seen(await context.load.cartById.load(id), context) : null
}

async function ownCart(userId: string, context: Context): Promise<CartHead | null> {
  return seen(await context.load.cartByCustomerId.load(userId), context)
}

/** The payload of a cart mutation. */
async function cartPayload(decision: Decision<string, CartError>, { load }: Context) {
  return payload('cart', await loadAccepted(decision, (id) => load.cartById.load(id)))
}

/** Resolvers only translate: they read arguments, call one function, shape the result. */
export const cartResolvers = {
  Query: {
    cart(_, { id }, context) {
      const shopper = shopperOf(context.viewer)
      if (id != null) return cartById(readId('id', 'crt', id), context)
      return shopper === null ? null : ownCart(shopper, context)
    },
  },

  Mutation: {
    async addCartLine(_, args, context) {
      const shopper = shopperOf(context.viewer)
      const input = readAddCartLine(args.input, shopper === null)
      if (!input.ok) return payload('cart', input)
      const { clientAddress, load } = context
      // A repeated key shows the cart as it is now.
      const decision = await context.carts.add({ shopper, clientAddress }, input.value, load.rememberCart)
      return cartPayload(decision, context)
    },

    async updateCartLine(_, args, context) {
      const input = readCartLineQuantity(args.input)
      if (!input.ok) return payload('cart', input)
      const { lineId, quantity } = input.value
      const decision = await context.carts.change(
        shopperOf(context.viewer),
        input.value,
        ({ cart, lines }) => {
          return setQuantity(cart, {
            lineId,
            quantity,
            offer: lines.find(({ id }) => id === lineId)?.offer ?? null,
          })
        },
      )
      return cartPayload(decision, context)
    },

    async removeCartLine(_, args, context) {
      const input = readCartLine(args.input)
      if (!input.ok) return payload('cart', input)
      const { lineId } = input.value
      const change = context.carts.change(shopperOf(context.viewer), input.value, ({ cart }) =>
        removeLine(cart, lineId),
      )
      return cartPayload(await change, context)
    },

    async clearCart(_, args, context) {
      const input = readCart(args.input)
      if (!input.ok) return payload('cart', input)
      const change = context.carts.change(shopperOf(context.viewer), input.value, ({ cart }) =>
        accept(clear(cart)),
      )
      return cartPayload(await change, context)
    },

    async acknowledgeCartPrices(_, args, context) {
      const input = readCart(args.input)
      if (!input.ok) return payload('cart', input)
      const change = context.carts.change(shopperOf(context.viewer), input.value, ({ cart, lines }) => {
        return accept(acknowledgePrices(cart, lines))
      })
      return cartPayload(await change, context)
    },

    async applyCoupon(_, args, context) {
      const input = readCartCoupon(args.input)
      if (!input.ok) return payload('cart', input)
      const guesser = { shopper: shopperOf(context.viewer), clientAddress: context.clientAddress }
      return cartPayload(await context.carts.applyCoupon(guesser, input.value), context)
    },

    async removeCoupon(_, args, context) {
      const input = readCart(args.input)
      if (!input.ok) return payload('cart', input)
      const change = context.carts.change(shopperOf(context.viewer), input.value, ({ cart }) =>
        accept(withoutCoupon(cart)),
      )
      return cartPayload(await change, context)
    },

    async claimCart(_, args, context) {
      const input = readClaim(args.input)
      if (!input.ok) return payload('cart', input)
      return cartPayload(await context.carts.claim(requireUser(context.viewer).id, input.value), context)
    },
  },

  User: {
    cart: ({ id }, _, context) => (requireUser(context.viewer).id === id ? ownCart(id, context) : null),
  },

  Cart: {
    __resolveReference: ({ id }, context) => cartById(id, context),
    currencyCode: ({ currency }) => currency,
    lines: async (cart, _, { load }) => [...(await load.pricingByCart.load(cart)).lines],
    subtotal: async (cart, _, { load }) => (await load.pricingByCart.load(cart)).subtotal,
    discounts: async (cart, _, { load }) => [...(await load.pricingByCart.load(cart)).discounts],
    total: async (cart, _, { load }) => (await load.pricingByCart.load(cart)).total,
    totals: (cart, args, { totalsOf }) => totalsOf(cart, args),
    orderable: async (cart, _, { load }) => (await load.pricingByCart.load(cart)).orderable,
  },

  CartTotals: {
    lines: ({ lines }) => [...lines],
    discountTotal: ({ discount }) => discount,
    shippingTotal: ({ shipping }) => shipping,
    shippingTax: ({ shippingTax, total }) => money(shippingTax.onTopMinor, total.currency),
    taxTotal: ({ tax }) => tax,
    includedTaxTotal: ({ includedTax }) => includedTax,
    grandTotal: ({ total }) => total,
  },

  CartLineTotals: {
    lineId: ({ line }) => line.id,
    taxRate: ({ tax }) => percentOfPpm(tax.ppm),
    tax: ({ tax, discount }) => money(tax.onTopMinor, discount.currency),
    includedTax: ({ tax, discount }) => money(tax.includedMinor, discount.currency),
  },

  CartLine: {
    async __resolveReference({ id }, context) {
      const found = isId('cln', id) ? await context.load.cartIdByLineId.load(id) : null
      const cart = found && (await cartById(found.cartId, context))
      const lines = cart ? (await context.load.pricingByCart.load(cart)).lines : []
      return lines.find((line) => line.id === id) ?? null
    },
    variant: ({ offer }) => ({ id: offer.variantId }),
  },
} satisfies Resolvers
