import { payload } from '@argyle/kit/decision'
import { loadAccepted } from '@argyle/kit/idempotency'
import { requireUser } from '@argyle/kit/identity'
import { isId, readId } from '@argyle/kit/ids'
import { validate } from '@argyle/kit/user-errors'
import { edit, maySee } from './gadget.ts'
import { createGadgetInput, updateGadgetInput } from './gadget-input.ts'
import { gadgetList } from './gadget-list.ts'
import type { Resolvers } from './generated/resolvers.ts'

/** Resolvers only translate: they read arguments, call one function, shape the result. */
export const resolvers: Resolvers = {
  Query: {
    async gadget(_, { id }, { load, viewer }) {
      const gadget = await load.gadgetById.load(readId('id', 'gdt', id))
      return gadget && maySee(viewer, gadget) ? gadget : null
    },
    gadgets: (_, args, { gadgets, viewer }) => gadgetList(requireUser(viewer).id, args, gadgets),
  },

  Mutation: {
    async createGadget(_, args, { gadgets, viewer, load }) {
      const input = validate(createGadgetInput, args.input)
      if (!input.ok) return payload('gadget', input)
      const decision = await gadgets.create(requireUser(viewer).id, input.value)
      return payload('gadget', await loadAccepted(decision, (id) => load.gadgetById.load(id)))
    },

    async updateGadget(_, args, { gadgets, viewer }) {
      const input = validate(updateGadgetInput, args.input)
      if (!input.ok) return payload('gadget', input)
      const change = { ...input.value, customerId: requireUser(viewer).id }
      return payload('gadget', await gadgets.change(change.id, (gadget, now) => edit(gadget, change, now)))
    },
  },

  Gadget: {
    async __resolveReference({ id }, { load, viewer }) {
      const gadget = isId('gdt', id) ? await load.gadgetById.load(id) : null
      return gadget && maySee(viewer, gadget) ? gadget : null
    },
    product: ({ productId }) => ({ id: productId }),
  },

  GadgetConnection: {
    totalCount: ({ count }) => count(),
  },
}
