import type { NewEvent } from '@argyle/kit/envelope'
import type { Gadget } from './gadget.ts'

/** `gadgetry.gadget.changed`: the gadget as it is now, whole; also when it is made. */
export function gadgetChanged({ id, customerId, productId, title, version }: Gadget): NewEvent {
  const data = { gadgetId: id, customerId, productId, title }
  return { type: 'gadgetry.gadget.changed', subject: id, sequence: version, data }
}
