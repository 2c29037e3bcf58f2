import { newId } from '@argyle/kit/ids'
import type { Gadget, GadgetContent } from '../gadget.ts'

export const CONTENT: GadgetContent = {
  title: 'Warm',
}

/** A complete gadget with default values; `overrides` replace some of them. */
export function aGadget(overrides: Partial<Gadget> = {}): Gadget {
  return {
    id: newId('gdt'),
    customerId: newId('usr'),
    productId: newId('prd'),
    ...CONTENT,
    version: 1,
    createdAt: new Date('2026-11-01T08:00:00.000Z'),
    updatedAt: new Date('2026-11-01T08:00:00.000Z'),
    ...overrides,
  }
}
