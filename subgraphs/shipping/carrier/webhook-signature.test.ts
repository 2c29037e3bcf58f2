import { expect, test } from 'vitest'
import { isSigned, webhookSignature } from './webhook-signature.ts'

const secret = new Uint8Array(32).fill(1)
const body = Buffer.from('{"labelId":"lbl_1"}')
const now = new Date('2026-11-28T09:00:00.000Z')
const after = (seconds: number) => new Date(now.getTime() + seconds * 1_000)

test('a signature has the second at which it was made, and is valid for five minutes before and after it', () => {
  const header = webhookSignature(secret, body, new Date(now.getTime() + 999))
  expect(header).toMatch(`t=${now.getTime() / 1_000},v1=`)
  const isValid = [-301, -300, 0, 300, 301].map((seconds) => isSigned(secret, body, header, after(seconds)))
  expect(isValid).toEqual([false, true, true, true, false])
})

test('no signature is valid at another time, or for another body or secret', () => {
  const header = webhookSignature(secret, body, now)
  const later = header.replace(/^t=\d+/, `t=${now.getTime() / 1_000 + 1}`)
  expect(isSigned(secret, body, later, now)).toBe(false)
  expect(isSigned(secret, Buffer.from('{}'), header, now)).toBe(false)
  expect(isSigned(new Uint8Array(32), body, header, now)).toBe(false)
  for (const other of [undefined, [header], '', header.slice(0, -1)])
    expect(isSigned(secret, body, other, now)).toBe(false)
})
