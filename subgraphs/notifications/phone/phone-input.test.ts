import { expect, test } from 'vitest'
import { requestPhoneVerificationInput, verifyPhoneInput } from './phone-input.ts'

const request = requestPhoneVerificationInput(['+49', '+33'])

test.each([
  ...['+4915112345678', ' +49 151 12345678', '+49 (151) 123-456.78', '+49/151/12345678'],
  `+4915112345678${' '.repeat(26)}`,
])('%j is the number +4915112345678', (number) => {
  expect(request.parse({ number })).toEqual({ number: '+4915112345678' })
})

test.each(['+49123456', '+491234567890123'])('the number %s of 8 or of 15 digits is accepted', (number) => {
  expect(request.parse({ number })).toEqual({ number })
})

test.each([
  ...['015112345678', '+4412345678', '+0491511234567', '+49 151 1234567x'],
  ...['+4912345', '+4912345678901234', `+4915112345678${' '.repeat(27)}`],
])('the number %j is refused', (number) => {
  expect(request.safeParse({ number }).success).toBe(false)
})

test.each(['012345', '012 345', ' 0 1 2 3 4 5 ', `012345${' '.repeat(34)}`])(
  '%j is the code 012345',
  (code) => {
    expect(verifyPhoneInput.parse({ code })).toEqual({ code: '012345' })
  },
)

test.each(['12345', '1234567', '01234x', '012-345', `012345${' '.repeat(35)}`])(
  'the code %j is refused',
  (code) => {
    expect(verifyPhoneInput.safeParse({ code }).success).toBe(false)
  },
)
