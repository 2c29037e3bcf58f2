import { expect, test } from 'vitest'
import { checkCode, codeHashOf, codeKeyOf, newCode, type PendingPhone } from './phone.ts'

const key = codeKeyOf(Buffer.alloc(32, 1))
const now = new Date('2026-11-28T09:30:00.000Z')
const after = (ms: number) => new Date(now.getTime() + ms)
const pending: PendingPhone = {
  id: 'phv_1',
  number: '+4915112345678',
  codeHash: codeHashOf(key, 'phv_1', '012345'),
  expiresAt: after(600_000),
  triesLeft: 5,
}

test('a code is six digits', () => {
  for (let time = 0; time < 100; time++) expect(newCode()).toMatch(/^\d{6}$/)
})

test('the right code counts, a wrong one does not', () => {
  expect(checkCode(key, pending, '012345', now)).toBe('RIGHT')
  for (const code of ['012346', '12345', '0123450', ''])
    expect(checkCode(key, pending, code, now)).toBe('WRONG')
})

test('a code counts for one verification, under one key', () => {
  expect(checkCode(key, { ...pending, id: 'phv_2' }, '012345', now)).toBe('WRONG')
  expect(checkCode(codeKeyOf(Buffer.alloc(32, 2)), pending, '012345', now)).toBe('WRONG')
})

test('a code counts until its time or its tries are over', () => {
  expect(checkCode(key, pending, '012345', after(599_999))).toBe('RIGHT')
  expect(checkCode(key, pending, '012345', after(600_000))).toBe('OVER')
  expect(checkCode(key, { ...pending, triesLeft: 1 }, '012345', now)).toBe('RIGHT')
  expect(checkCode(key, { ...pending, triesLeft: 0 }, '012345', now)).toBe('OVER')
  expect(checkCode(key, null, '012345', now)).toBe('OVER')
})
