// Tested in ../returns.int.test.ts: resolvers are shown by operations.

import { payload } from '@argyle/kit/decision'
import { loadAccepted } from '@argyle/kit/idempotency'
import { isSelf, requireUser } from '@argyle/kit/identity'
import { isId, readId } from '@argyle/kit/ids'
import { validate } from '@argyle/kit/user-errors'
import type { MutationResolvers, QueryResolvers, Resolvers } from '../generated/resolvers.ts'
import { isShippingStaff, maySeeOrder } from '../visibility.ts'
import {
  receiveReturnInput,
  rejectReturnInput,
  requestGuestReturnInput,
  requestReturnInput,
  whichReturnInput,
} from './return-input.ts'

export const returnQueries: QueryResolvers = {
  async return(_, { id }, { load, viewer }) {
    const found = await load.returnById.load(readId('id', 'ret', id))
    return found && maySeeOrder(viewer, found.customerId) ? found : null
  },
  returns: (_, args, { returns }) => returns.all(args, args.status ?? null),
}

export const returnMutations: MutationResolvers = {
  async requestReturn(_, args, { returns, viewer, load }) {
    const input = validate(requestReturnInput, args.input)
    if (!input.ok) return payload('return', input)
    const decision = await returns.request(requireUser(viewer), input.value)
    return payload('return', await loadAccepted(decision, (id) => load.returnById.load(id)))
  },

  async requestGuestReturn(_, args, { guestReturns, clientAddress, load }) {
    const input = validate(requestGuestReturnInput, args.input)
    if (!input.ok) return payload('return', input)
    const decision = await guestReturns.request(input.value, clientAddress)
    return payload('return', await loadAccepted(decision, (id) => load.returnById.load(id)))
  },

  async cancelReturn(_, args, { returns, viewer }) {
    const input = validate(whichReturnInput, args.input)
    if (!input.ok) return payload('return', input)
    const which = { mutation: 'cancelReturn', ...input.value }
    return payload('return', await returns.move(requireUser(viewer), which, { type: 'cancel' }))
  },

  async approveReturn(_, args, { returns, viewer }) {
    const input = validate(whichReturnInput, args.input)
    if (!input.ok) return payload('return', input)
    const which = { mutation: 'approveReturn', ...input.value }
    return payload('return', await returns.move(requireUser(viewer), which, { type: 'approve' }))
  },

  async rejectReturn(_, args, { returns, viewer }) {
    const input = validate(rejectReturnInput, args.input)
    if (!input.ok) return payload('return', input)
    const { rejection, ...value } = input.value
    const which = { mutation: 'rejectReturn', ...value }
    return payload('return', await returns.move(requireUser(viewer), which, { type: 'reject', rejection }))
  },

  async receiveReturn(_, args, { returns, viewer }) {
    const input = validate(receiveReturnInput, args.input)
    if (!input.ok) return payload('return', input)
    const { lines, ...value } = input.value
    const which = { mutation: 'receiveReturn', ...value }
    return payload('return', await returns.move(requireUser(viewer), which, { type: 'receive', lines }))
  },
}

export const returnFields = {
  User: {
    __resolveReference: ({ id }) => (isId('usr', id) ? { id } : null),
    returns: ({ id }, args, { returns, viewer }) =>
      isSelf(viewer, id) || isShippingStaff(viewer) ? returns.ofCustomer(args, id) : null,
  },

  Return: {
    async __resolveReference({ id }, { load, viewer }) {
      const found = isId('ret', id) ? await load.returnById.load(id) : null
      return found && maySeeOrder(viewer, found.customerId) ? found : null
    },
    order: ({ orderId }) => ({ id: orderId }),
    customer: ({ customerId }) => (customerId ? { id: customerId } : null),
  },

  ReturnLine: {
    orderLine: ({ orderLineId }) => ({ id: orderLineId }),
    variant: ({ variantId }) => ({ id: variantId }),
  },
} satisfies Resolvers
