import { checkOf, partOf, testTextInputs } from '@argyle/kit/testing/text-inputs'
import { requestPhoneVerificationInput, verifyPhoneInput } from './phone/phone-input.ts'
import { updateNotificationPreferencesInput } from './preference/preference-input.ts'
import { registerPushSubscriptionInput } from './push/push-subscription-input.ts'
import { aBrowser } from './testing/push-service.ts'

const hosts = { hosts: ['push.example'], isLoopbackAllowed: false }

testTextInputs(new URL('schema.graphql', import.meta.url), {
  QuietHoursInput: {
    check: partOf(
      (quietHours) => ({ expectedVersion: 1, quietHours }),
      checkOf(updateNotificationPreferencesInput),
    ),
    example: { from: '22:00', until: '07:00', timeZone: 'Europe/Berlin' },
    fields: { from: 'TOKEN', until: 'TOKEN', timeZone: 'TOKEN' },
  },
  DigestTimeInput: {
    check: partOf(
      (digestTime) => ({ expectedVersion: 1, digestTime }),
      checkOf(updateNotificationPreferencesInput),
    ),
    example: { hour: 8, timeZone: 'Europe/Berlin' },
    fields: { timeZone: 'TOKEN' },
  },
  RequestPhoneVerificationInput: {
    check: checkOf(requestPhoneVerificationInput(['+49'])),
    example: { number: '+49 151 12345678' },
    fields: { number: 'TOKEN' },
  },
  VerifyPhoneInput: {
    check: checkOf(verifyPhoneInput),
    example: { code: '012345' },
    fields: { code: 'TOKEN' },
  },
  RegisterPushSubscriptionInput: {
    check: checkOf(registerPushSubscriptionInput(hosts)),
    example: aBrowser('https://push.example/1').subscription,
    fields: { endpoint: 'TOKEN', p256dh: 'TOKEN', auth: 'TOKEN' },
  },
})
