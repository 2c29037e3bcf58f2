import type { Resolvers } from '../generated/resolvers.ts'
import { readPlaceGuestOrder } from './guest-input.ts'

/** Resolvers only translate: they read arguments, call one function, shape the result. */
export const guestResolvers = {
  Query: {
    guestOrder: (_, { number, secret }, { guests, clientAddress }) =>
      guests.look(number, secret, clientAddress),
  },

  Mutation: {
    async placeGuestOrder(_, args, { guests, load }) {
      const input = readPlaceGuestOrder(args.input)
      const decision = input.ok ? await guests.place(input.value) : input
      if (!decision.ok) return { order: null, secret: null, userErrors: [...decision.errors] }
      const { orderId, secret } = decision.value
      return { order: await load.orderById.clear(orderId).load(orderId), secret, userErrors: [] }
    },
  },
} satisfies Resolvers
