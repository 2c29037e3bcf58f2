import { expect, test } from 'vitest'
import { passwordFault, passwordRefused } from './password.ts'

const ada = { email: 'ada.lovelace@argyle.example', displayName: 'Ada Lovelace' }

test.each(['correct horse battery', 'mismatched-socks', 'пара тёплых носков', '靴下靴下三足組温毛糸足袋下'])(
  '%j is a password',
  (password) => expect(passwordFault(password, ada)).toBeNull(),
)

test.each([
  ['empty', ''],
  ['of 11 characters', 'elevenchars'],
  ['of 129 characters', 'abcde'.repeat(26).slice(0, 129)],
  ['of few signs, repeated', 'abcabcabcabcabc'],
  ['the e-mail address', 'Ada.Lovelace@argyle.example'],
  ['the name with a little added', 'Ada Lovelace1!'],
  ['the mailbox twice', 'ada.lovelaceada.lovelace'],
  ['ill-formed', 'mismatched-socks\ud800'],
])('a password is refused that is %s', (_, password) => {
  expect(passwordFault(password, ada)).not.toBeNull()
})

test('128 characters outside the basic plane are 128, not 256', () => {
  expect(passwordFault(`${'🧦👟👞🥾👠👡'.repeat(21)}🧦👟`, ada)).toBeNull()
})

test('no refusal repeats the password', () => {
  const { message } = passwordRefused(passwordFault('hunter2', ada) ?? '')
  expect(message).not.toContain('hunter2')
  expect(message).toContain('has 7 characters')
})
