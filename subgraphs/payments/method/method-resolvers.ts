// Tested in ../method.int.test.ts: the test runs operations.

import { payload } from '@argyle/kit/decision'
import { loadAccepted } from '@argyle/kit/idempotency'
import { hasScope, isSelf, requireUser, type Viewer } from '@argyle/kit/identity'
import { isId } from '@argyle/kit/ids'
import { type Allowance, addressBucket } from '@argyle/kit/throttle'
import { validate } from '@argyle/kit/user-errors'
import type { Resolvers } from '../generated/resolvers.ts'
import type { Context } from '../subgraph.ts'
import { labelOf, type PaymentMethod } from './method.ts'
import {
  addGuestPaymentMethodInput,
  addPaymentMethodInput,
  removePaymentMethodInput,
  setDefaultPaymentMethodInput,
} from './method-input.ts'

/** Limit of added cards per client address: enough for a household, too few to test stolen numbers. */
const ADDITIONS: Allowance = { burst: 30, everyMs: 20_000 }

/**
 * Tests who may read a method. A customer's method is visible to its owner and to staff who may read
 * payments. A guest's method is reachable only through their order or its payment, which are visible to staff
 * and to callers who have shown the order's secret.
 */
export function visibleMethod(viewer: Viewer, method: PaymentMethod | null): PaymentMethod | null {
  if (!method) return null
  const { customerId } = method
  const maySee = customerId === null || isSelf(viewer, customerId) || hasScope(viewer, 'payments:read')
  return maySee ? method : null
}

async function methodById(id: string, { load, viewer }: Context): Promise<PaymentMethod | null> {
  return isId('pmt', id) ? visibleMethod(viewer, await load.methodById.load(id)) : null
}

const typeOf = ({ kind }: PaymentMethod) => (kind === 'CARD' ? 'CardPaymentMethod' : 'WalletPaymentMethod')

export const methodResolvers = {
  Query: {
    paymentGateway: (_, _args, { gateway }) => gateway,
  },

  Mutation: {
    async addPaymentMethod(_, args, context) {
      const { viewer, methods, throttle, clientAddress } = context
      const customerId = viewer.kind === 'user' ? viewer.id : null
      const schema = customerId === null ? addGuestPaymentMethodInput : addPaymentMethodInput
      const input = validate(schema, args.input)
      if (!input.ok) return payload('paymentMethod', input)
      const decision = await methods.add(customerId, input.value, () =>
        throttle.take(addressBucket('payment-method', clientAddress), ADDITIONS),
      )
      return payload('paymentMethod', await loadAccepted(decision, (id) => context.load.methodById.load(id)))
    },

    async setDefaultPaymentMethod(_, args, context) {
      const input = validate(setDefaultPaymentMethodInput, args.input)
      if (!input.ok) return payload('paymentMethod', input)
      const decision = await context.methods.setDefault(requireUser(context.viewer).id, input.value)
      return payload('paymentMethod', await loadAccepted(decision, (id) => context.load.methodById.load(id)))
    },

    async removePaymentMethod(_, args, { methods, viewer }) {
      const input = validate(removePaymentMethodInput, args.input)
      if (!input.ok) return payload('removedPaymentMethodId', input)
      return payload('removedPaymentMethodId', await methods.remove(requireUser(viewer).id, input.value))
    },
  },

  PaymentGateway: {
    tokenUrl: ({ browser }) => browser.tokenUrl,
    publishableKey: ({ browser }) => browser.publishableKey,
  },

  PaymentMethod: {
    __resolveReference: ({ id }, context) => methodById(id, context),
    __resolveType: typeOf,
  },

  CardPaymentMethod: {
    __resolveReference: ({ id }, context) => methodById(id, context),
    label: labelOf,
    // The CHECK constraint requires these columns for cards.
    brand: ({ brand }) => brand ?? '',
    last4: ({ last4 }) => last4 ?? '',
    expMonth: ({ expMonth }) => expMonth ?? 0,
    expYear: ({ expYear }) => expYear ?? 0,
  },

  WalletPaymentMethod: {
    __resolveReference: ({ id }, context) => methodById(id, context),
    label: labelOf,
    // The CHECK constraint requires this column for wallets.
    provider: ({ provider }) => provider ?? '',
  },

  User: {
    __resolveReference: ({ id }) => (isId('usr', id) ? { id } : null),
    paymentMethods: ({ id }, _, { load, viewer }) =>
      isSelf(viewer, id) ? load.methodsByCustomerId.load(id) : null,
  },
} satisfies Resolvers
