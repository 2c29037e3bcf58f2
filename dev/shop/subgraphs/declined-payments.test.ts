import { expect, test } from 'vitest'
import { TIMEOUT_OR_FRAUD_CODES } from '../../../subgraphs/notifications/occasion/read-occasion.ts'
import { FRAUD_CODES, TIMEOUT_CODES } from '../../../subgraphs/orders/saga/decide.ts'

// The customer gets one e-mail: about the declined payment, or about the cancelled order.
test('notifications knows the codes for which orders cancels as PAYMENT_TIMEOUT or FRAUD', () => {
  expect([...TIMEOUT_OR_FRAUD_CODES].sort()).toEqual([...TIMEOUT_CODES, ...FRAUD_CODES].sort())
})
