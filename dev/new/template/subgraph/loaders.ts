import { loadOne } from '@argyle/kit/loader'
import type { GadgetStore } from './gadget-store.ts'

/** The loaders of one operation: 50 lookups of a kind become one statement. */
export function gadgetryLoaders(gadgets: GadgetStore) {
  return {
    gadgetById: loadOne(gadgets.byIds, (gadget) => gadget.id),
  }
}

export type GadgetryLoaders = ReturnType<typeof gadgetryLoaders>
