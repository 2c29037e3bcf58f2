import { pageArgs } from '@argyle/kit/connection'
import { formatMoney } from '@argyle/kit/money'
import type { Resolvers } from './generated/resolvers.ts'
import { shippingOptions } from './quote/shipping-options.ts'
import { rateFields, rateMutations, rateQueries } from './rate/rate-resolvers.ts'
import { returnFields, returnMutations, returnQueries } from './return/return-resolvers.ts'
import { shipmentFields, shipmentQueries } from './shipment/shipment-resolvers.ts'

/** Translation only: read the arguments, call one function, shape the answer. */
export const resolvers: Resolvers = {
  Query: {
    ...rateQueries,
    ...shipmentQueries,
    ...returnQueries,
    shippingAudit: (_, args, { audit }) => audit.page(pageArgs(args), args.subjectId ?? null),
  },
  Mutation: { ...rateMutations, ...returnMutations },

  Cart: {
    // With what shippingOptions requires: the reference is all that is known of a cart here.
    __resolveReference: (reference) => reference,
    shippingOptions: (cart, to, { quoting }) => shippingOptions(quoting, cart, to),
  },
  ShippingOption: { price: ({ price }) => formatMoney(price) },

  ...rateFields,
  ...shipmentFields,
  ...returnFields,
}
