import { randomUUID } from 'node:crypto'

/** A request for a label. */
export function aLabelRequest(but: { recipient?: string; service?: string } = {}) {
  const { recipient = 'Ada Lovelace', service = 'Standard' } = but
  return {
    reference: randomUUID(),
    carrier: 'Parcelway',
    service,
    from: { warehouseCode: 'RTM-1' },
    to: { recipient, line1: '1 Loom Lane', city: 'Paris', postalCode: '75001', countryCode: 'FR' },
    weightGrams: 120,
  }
}
