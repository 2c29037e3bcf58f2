import { expect, test } from 'vitest'
import { NEWS } from '../gateway/gateway.ts'
import { PaymentStatus } from '../generated/prisma/enums.ts'
import { hasReached } from './has-reached.ts'

const reached = (status: PaymentStatus) => NEWS.filter((news) => hasReached(status, news))

test.each<[PaymentStatus, readonly string[]]>([
  ['PROCESSING', []],
  ['UNKNOWN', []],
  ['VOID_PENDING', []],
  ['CAPTURE_FAILED', []],
  ['REQUIRES_ACTION', ['REQUIRES_ACTION']],
  ['AUTHORIZED', ['REQUIRES_ACTION', 'AUTHORIZED']],
  ['CAPTURED', ['REQUIRES_ACTION', 'AUTHORIZED', 'CAPTURED']],
  ['PARTIALLY_REFUNDED', ['REQUIRES_ACTION', 'AUTHORIZED', 'CAPTURED']],
  ['REFUNDED', ['REQUIRES_ACTION', 'AUTHORIZED', 'CAPTURED']],
  ['DECLINED', ['REQUIRES_ACTION', 'DECLINED']],
  ['VOIDED', ['REQUIRES_ACTION', 'AUTHORIZED', 'VOIDED']],
])('of a payment that is %s, these webhooks tell nothing new: %j', (status, news) => {
  expect(reached(status)).toEqual(news)
})

test('every status of a payment stands in the table above', () => {
  expect(Object.keys(PaymentStatus)).toHaveLength(11)
})
