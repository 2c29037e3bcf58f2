import { loadOne } from '@argyle/kit/loader'
import type { GadgetStore } from './gadget-store.ts'

/** The loaders of one operation: whatever it asks for 50 times is one statement. */
export function gadgetryLoaders(gadgets: GadgetStore) {
  return {
    gadgetById: loadOne(gadgets.byIds, (gadget) => gadget.id),
  }
}

export type GadgetryLoaders = ReturnType<typeof gadgetryLoaders>
