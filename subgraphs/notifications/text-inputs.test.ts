import { checkOf, partOf, testTextInputs } from '@argyle/kit/testing/text-inputs'
import { updateNotificationPreferencesInput } from './preference/preference-input.ts'

testTextInputs(new URL('schema.graphql', import.meta.url), {
  QuietHoursInput: {
    check: partOf(
      (quietHours) => ({ expectedVersion: 1, quietHours }),
      checkOf(updateNotificationPreferencesInput),
    ),
    example: { from: '22:00', until: '07:00', timeZone: 'Europe/Berlin' },
    fields: { from: 'TOKEN', until: 'TOKEN', timeZone: 'TOKEN' },
  },
})
