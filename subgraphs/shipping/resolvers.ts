import { pageArgs } from '@argyle/kit/connection'
import { formatMoney } from '@argyle/kit/money'
import type { Resolvers } from './generated/resolvers.ts'
import { shippingOptions } from './quote/shipping-options.ts'
import { rateFields, rateMutations, rateQueries } from './rate/rate-resolvers.ts'
import { returnFields, returnMutations, returnQueries } from './return/return-resolvers.ts'
import { shipmentFields, shipmentQueries } from './shipment/shipment-resolvers.ts'

/** Resolvers only translate: they read arguments, call one function, shape the result. */
export const resolvers: Resolvers = {
  Query: {
    ...rateQueries,
    ...shipmentQueries,
    ...returnQueries,
    shippingAudit: (_, args, { audit }) => audit.page(pageArgs(args), args.subjectId ?? null),
  },
  Mutation: { ...rateMutations, ...returnMutations },

  Cart: {
    // The reference contains the fields that shippingOptions requires. This subgraph stores no carts.
    __resolveReference: (reference) => reference,
    shippingOptions: (cart, to, { quoting }) => shippingOptions(quoting, cart, to),
  },
  ShippingOption: { price: ({ price }) => formatMoney(price) },

  ...rateFields,
  ...shipmentFields,
  ...returnFields,
}
