import { expect, test } from 'vitest'
import { passwordFault, passwordRefused } from './password.ts'

const ada = { email: 'ada.lovelace@argyle.example', displayName: 'Ada Lovelace' }

test.each([
  'correct horse battery',
  'mismatched-socks',
  'Ada Lovelace123456',
  'abcdeabcdeabcde',
  // A capital is another character.
  'aAbBcaAbBcaAbBc',
  'пара тёплых носков',
  '靴下靴下三足組温毛糸足袋下',
])('%j is a password', (password) => expect(passwordFault(password, ada)).toBeNull())

test.each([
  ['empty', '', 'has 0 characters'],
  ['of 11 characters', 'elevenchars', 'has 11 characters'],
  ['of 129 characters', 'abcde'.repeat(26).slice(0, 129), 'has 129 characters'],
  ['of few signs, repeated', 'abcdabcdabcdabcd', 'repeats a few characters'],
  ['the e-mail address', 'Ada.Lovelace@argyle.example', 'is made of the e-mail address or the name'],
  ['the name with a little added', 'Ada Lovelace1!', 'is made of the e-mail address or the name'],
  ['the name in full-width letters', 'Ａｄａ Ｌｏｖｅｌａｃｅ', 'is made of the e-mail address or the name'],
  ['the name with five others', 'Ada Lovelace12345', 'is made of the e-mail address or the name'],
  ['the mailbox twice', 'ada.lovelaceada.lovelace', 'is made of the e-mail address or the name'],
  ['ill-formed', 'mismatched-socks\ud800', 'is not well-formed Unicode'],
])('a password is refused that is %s', (_, password, fault) => {
  expect(passwordFault(password, ada)).toBe(fault)
  // However the account has its name.
  expect(passwordFault(password, { ...ada, displayName: 'Ａｄａ Ｌｏｖｅｌａｃｅ' })).toBe(fault)
})

test('128 characters outside the basic plane are 128, not 256', () => {
  expect(passwordFault(`${'🧦👟👞🥾👠👡'.repeat(21)}🧦👟`, ada)).toBeNull()
})

test('no refusal repeats the password', () => {
  const { message } = passwordRefused(passwordFault('hunter2', ada) ?? '')
  expect(message).not.toContain('hunter2')
  expect(message).toBe(
    'password has 7 characters: allowed is 12 to 128 characters of any kind, 5 of them different, not your address or name',
  )
})
