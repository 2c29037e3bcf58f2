import { anonymous } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { expect, test } from 'vitest'
import type { Context } from '../subgraph.ts'
import { shipmentFields } from './shipment-resolvers.ts'

/** The loaders of a request between whose two statements shipping learns of an order and its parcels. */
function learnedBetween() {
  const load = {
    ownerByOrderId: { load: async () => null },
    shipmentsByOrderId: { load: async () => [{ id: newId('shp') }] },
    returnsByOrderId: { load: async () => [{ id: newId('rma') }] },
  }
  return { load, viewer: anonymous } as unknown as Context
}

test.each(['shipments', 'returns'] as const)(
  'the %s of an order that was unknown when its owner was read are shown to nobody',
  async (field) => {
    const order = { id: newId('ord'), guestProof: null }
    expect(await shipmentFields.Order[field](order, {}, learnedBetween())).toEqual([])
  },
)
