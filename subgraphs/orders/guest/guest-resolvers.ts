import { payload } from '@argyle/kit/decision'
import type { Resolvers } from '../generated/resolvers.ts'
import { readCancelGuestOrder, readPayGuestOrder, readPlaceGuestOrder } from './guest-input.ts'

/** Resolvers only translate: they read arguments, call one function, shape the result. */
export const guestResolvers = {
  Query: {
    guestOrder: (_, { number, secret }, { guests, clientAddress }) =>
      guests.look(number, secret, clientAddress),
  },

  Mutation: {
    async placeGuestOrder(_, args, context) {
      const input = readPlaceGuestOrder(args.input)
      const decision = input.ok ? await context.guests.place(input.value, context.clientAddress) : input
      if (!decision.ok) return { order: null, secret: null, userErrors: [...decision.errors] }
      const { orderId, secret } = decision.value
      return { order: await context.guests.afresh(orderId), secret, userErrors: [] }
    },

    async payGuestOrder(_, args, context) {
      const input = readPayGuestOrder(args.input)
      if (!input.ok) return payload('order', input)
      const decision = await context.guests.pay(input.value, context.clientAddress)
      if (!decision.ok) return payload('order', decision)
      return { order: await context.guests.afresh(decision.value), userErrors: [] }
    },

    async cancelGuestOrder(_, args, context) {
      const input = readCancelGuestOrder(args.input)
      if (!input.ok) return payload('order', input)
      const decision = await context.guests.cancel(input.value, context.clientAddress)
      if (!decision.ok) return payload('order', decision)
      return { order: await context.guests.afresh(decision.value), userErrors: [] }
    },
  },
} satisfies Resolvers
