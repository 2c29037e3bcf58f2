import type { NewEvent } from '@argyle/kit/envelope'
import type { Gadget } from './gadget.ts'

/** `gadgetry.gadget.changed`: the complete state of a gadget that was created or changed. */
export function gadgetChanged({ id, customerId, productId, title, version }: Gadget): NewEvent {
  const data = { gadgetId: id, customerId, productId, title }
  return { type: 'gadgetry.gadget.changed', subject: id, sequence: version, data }
}
