import { payload } from '@argyle/kit/decision'
import { loadAccepted } from '@argyle/kit/idempotency'
import { requireUser } from '@argyle/kit/identity'
import { formatMoney } from '@argyle/kit/money'
import { validate } from '@argyle/kit/user-errors'
import type { MutationResolvers, QueryResolvers, Resolvers } from '../generated/resolvers.ts'
import type { Method } from './rate.ts'
import {
  createShippingMethodInput,
  createShippingRateInput,
  createShippingZoneInput,
  updateShippingMethodInput,
  updateShippingRateInput,
  updateShippingZoneInput,
} from './rate-input.ts'

/** Asserts that a row exists which a foreign key guarantees. */
function present(method: Method | null): Method {
  if (method === null) throw new Error('the method of a rate is missing')
  return method
}

export const rateQueries: QueryResolvers = {
  shippingZones: (_, __, { zones }) => zones.all(),
  shippingMethods: (_, __, { methods }) => methods.all(),
}

export const rateMutations: MutationResolvers = {
  async createShippingZone(_, args, { zones, viewer }) {
    const input = validate(createShippingZoneInput, args.input)
    if (!input.ok) return payload('zone', input)
    const decision = await zones.create(requireUser(viewer).id, input.value)
    return payload('zone', await loadAccepted(decision, zones.byId))
  },

  async updateShippingZone(_, args, { zones, viewer }) {
    const input = validate(updateShippingZoneInput, args.input)
    if (!input.ok) return payload('zone', input)
    return payload('zone', await zones.update(requireUser(viewer).id, input.value))
  },

  async createShippingMethod(_, args, { methods, viewer, load }) {
    const input = validate(createShippingMethodInput, args.input)
    if (!input.ok) return payload('method', input)
    const decision = await methods.create(requireUser(viewer).id, input.value)
    return payload('method', await loadAccepted(decision, (id) => load.methodById.load(id)))
  },

  async updateShippingMethod(_, args, { methods, viewer }) {
    const input = validate(updateShippingMethodInput, args.input)
    if (!input.ok) return payload('method', input)
    return payload('method', await methods.update(requireUser(viewer).id, input.value))
  },

  async createShippingRate(_, args, { rates, viewer }) {
    const input = validate(createShippingRateInput, args.input)
    if (!input.ok) return payload('rate', input)
    const decision = await rates.create(requireUser(viewer).id, input.value)
    return payload('rate', await loadAccepted(decision, rates.byId))
  },

  async updateShippingRate(_, args, { rates, viewer }) {
    const input = validate(updateShippingRateInput, args.input)
    if (!input.ok) return payload('rate', input)
    return payload('rate', await rates.update(requireUser(viewer).id, input.value))
  },
}

export const rateFields = {
  ShippingZone: {
    rates: ({ id }, _, { load }) => load.ratesByZoneId.load(id),
  },
  ShippingRate: {
    method: async ({ methodId }, _, { load }) => present(await load.methodById.load(methodId)),
    price: ({ price }) => formatMoney(price),
  },
} satisfies Resolvers
