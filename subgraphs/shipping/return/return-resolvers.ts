// Tested in ../returns.int.test.ts: the test runs operations.

import { accept, type Decision, payload } from '@argyle/kit/decision'
import { hashOf } from '@argyle/kit/hashed-secret'
import { loadAccepted } from '@argyle/kit/idempotency'
import { isSelf, mayReadOrder, requireUser } from '@argyle/kit/identity'
import { isId, readId } from '@argyle/kit/ids'
import { validate } from '@argyle/kit/user-errors'
import type { MutationResolvers, QueryResolvers, Resolvers } from '../generated/resolvers.ts'
import { isShippingStaff, maySeeOrder } from '../visibility.ts'
import type { Return } from './return.ts'
import {
  cancelGuestReturnInput,
  receiveReturnInput,
  rejectReturnInput,
  requestGuestReturnInput,
  requestReturnInput,
  whichReturnInput,
} from './return-input.ts'

/** A guest's return, with the proof that the caller has shown the secret of its order. */
function proven<E>(decision: Decision<Return, E>, { secret }: { readonly secret: string }) {
  return decision.ok ? accept({ ...decision.value, guestProof: hashOf(secret) }) : decision
}

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
    const loaded = await loadAccepted(decision, (id) => load.returnById.load(id))
    return payload('return', proven(loaded, input.value))
  },

  async cancelGuestReturn(_, args, { guestReturns, clientAddress }) {
    const input = validate(cancelGuestReturnInput, args.input)
    if (!input.ok) return payload('return', input)
    const decision = await guestReturns.cancel(input.value, clientAddress)
    return payload('return', proven(decision, input.value))
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
    order: ({ orderId, customerId }, _, { viewer }) =>
      mayReadOrder(viewer, customerId) ? { id: orderId } : null,
    customer: ({ customerId }) => (customerId ? { id: customerId } : null),
    lines: ({ lines, guestProof }) => lines.map((line) => ({ ...line, guestProof })),
  },

  ReturnLine: {
    orderLine: ({ orderLineId: id, guestProof = null }) => ({ id, guestProof }),
    variant: ({ variantId }) => ({ id: variantId }),
  },
} satisfies Resolvers
