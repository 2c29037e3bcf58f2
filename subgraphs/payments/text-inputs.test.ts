import { checkOf, testTextInputs } from '@argyle/kit/testing/text-inputs'
import { addPaymentMethodInput } from './method/method-input.ts'
import { refundPaymentInput } from './payment/refund.ts'

const uuid = '019a3f5e-8f00-7c3b-9b1e-5d6c7a8b9c0d'
const idempotencyKey = 'a key'

testTextInputs(new URL('schema.graphql', import.meta.url), {
  AddPaymentMethodInput: {
    check: checkOf(addPaymentMethodInput),
    example: { idempotencyKey, token: `tok_${uuid}`, makeDefault: false },
    fields: { token: 'TOKEN' },
  },
  RefundPaymentInput: {
    check: checkOf(refundPaymentInput),
    example: { idempotencyKey, paymentId: `pay_${uuid}`, amount: '12.00', reason: 'Returned.' },
    fields: { reason: 'LINES' },
  },
})
