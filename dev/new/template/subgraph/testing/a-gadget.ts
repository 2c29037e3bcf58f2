import { newId } from '@argyle/kit/ids'
import type { Gadget, GadgetContent } from '../gadget.ts'

export const CONTENT: GadgetContent = {
  title: 'Warm',
}

/** A gadget that is complete and unremarkable, but for what the test says. */
export function aGadget(but: Partial<Gadget> = {}): Gadget {
  return {
    id: newId('gdt'),
    customerId: newId('usr'),
    productId: newId('prd'),
    ...CONTENT,
    version: 1,
    createdAt: new Date('2026-11-01T08:00:00.000Z'),
    updatedAt: new Date('2026-11-01T08:00:00.000Z'),
    ...but,
  }
}
