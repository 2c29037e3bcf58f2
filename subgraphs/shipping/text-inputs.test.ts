import { checkOf, partOf, testTextInputs } from '@argyle/kit/testing/text-inputs'
import {
  createShippingMethodInput,
  createShippingZoneInput,
  updateShippingZoneInput,
} from './rate/rate-input.ts'
import {
  cancelGuestReturnInput,
  rejectReturnInput,
  requestGuestReturnInput,
  requestReturnInput,
} from './return/return-input.ts'

const uuid = '019a3f5e-8f00-7c3b-9b1e-5d6c7a8b9c0d'
const key = { idempotencyKey: 'a key of some length' }
const area = { countryCode: 'FR', postalCodePrefix: '20' }
const zone = { ...key, name: 'France', areas: [area] }

testTextInputs(new URL('schema.graphql', import.meta.url), {
  ShippingAreaInput: {
    check: partOf((part) => ({ ...zone, areas: [part] }), checkOf(createShippingZoneInput)),
    example: area,
    fields: { countryCode: 'TOKEN', postalCodePrefix: 'TOKEN' },
  },
  CreateShippingZoneInput: {
    check: checkOf(createShippingZoneInput),
    example: zone,
    fields: { name: 'LINE' },
  },
  UpdateShippingZoneInput: {
    check: checkOf(updateShippingZoneInput),
    example: { id: `zon_${uuid}`, expectedVersion: 1, name: 'France' },
    fields: { name: 'LINE' },
  },
  CreateShippingMethodInput: {
    check: checkOf(createShippingMethodInput),
    example: { ...key, carrier: 'Parcelway', service: 'Express', speed: 'EXPRESS' },
    fields: { carrier: 'LINE', service: 'LINE' },
  },
  RequestReturnInput: {
    check: checkOf(requestReturnInput),
    example: {
      ...key,
      orderId: `ord_${uuid}`,
      lines: [{ orderLineId: `oln_${uuid}`, quantity: 1 }],
      reason: 'Too small.',
    },
    fields: { reason: 'LINES' },
  },
  RequestGuestReturnInput: {
    check: checkOf(requestGuestReturnInput),
    example: {
      ...key,
      number: 'A-7K2M-9QX3',
      secret: 'a-secret',
      lines: [{ orderLineId: `oln_${uuid}`, quantity: 1 }],
    },
    fields: { number: 'TOKEN', secret: 'TOKEN', reason: 'LINES' },
  },
  CancelGuestReturnInput: {
    check: checkOf(cancelGuestReturnInput),
    example: { number: 'A-7K2M-9QX3', secret: 'a-secret', id: `ret_${uuid}`, expectedVersion: 1 },
    fields: { number: 'TOKEN', secret: 'TOKEN' },
  },
  RejectReturnInput: {
    check: checkOf(rejectReturnInput),
    example: { id: `ret_${uuid}`, expectedVersion: 1, rejection: 'They were worn.' },
    fields: { rejection: 'LINES' },
  },
})
