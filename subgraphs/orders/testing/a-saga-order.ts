import type { SagaOrder } from '../saga/saga.ts'

/**
 * An order for tests of the saga's rules: two lines, shipped and paid. A test overrides the fields that its
 * rule depends on.
 */
export function aSagaOrder(order: Partial<SagaOrder> = {}): SagaOrder {
  return {
    id: 'ord_1',
    number: 'A-7K2M-9QX3',
    customerId: 'usr_1',
    email: null,
    guestSecretHash: null,
    totalMinor: 12n,
    currency: 'USD',
    paymentMethodId: 'pmt_1',
    payLater: false,
    shipping: { rateId: 'rat_1', carrier: 'Puffin', service: 'Standard' },
    shippingPaidMinor: 2n,
    address: {
      recipient: 'Ada Lund',
      line1: '1 Mill Lane',
      line2: null,
      city: 'Bergen',
      region: null,
      postalCode: '5003',
      countryCode: 'NO',
    },
    lines: [
      { id: 'oln_1', variantId: 'var_1', quantity: 1, paidMinor: 4n, weightGrams: 60 },
      { id: 'oln_2', variantId: 'var_2', quantity: 1, paidMinor: 6n, weightGrams: 60 },
    ],
    ...order,
  }
}

/** An order from before payments and shipping: only its stock is reserved. */
export const anOldOrder = (order: Partial<SagaOrder> = {}) =>
  aSagaOrder({ paymentMethodId: null, shipping: null, ...order })
