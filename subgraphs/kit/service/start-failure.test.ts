import { expect, test } from 'vitest'
import { listenFailure, placeOf, StartFailure } from './start-failure.ts'

test.each([
  ['EADDRINUSE', 'port 80 of shop is in use: stop what listens there, or set PORT to another'],
  ['EACCES', 'this user may not listen on port 80: set PORT to one above 1023'],
  ['EADDRNOTAVAIL', 'HOST is "shop": allowed is an address of this machine'],
  ['ENOTFOUND', 'HOST is "shop": allowed is an address of this machine'],
])('%s is explained', (code, message) => {
  const failure = listenFailure(Object.assign(new Error('listen'), { code }), 'shop', 80)
  expect(failure).toBeInstanceOf(StartFailure)
  expect(failure).toMatchObject({ message })
})

test('another error is left as it is', () => {
  for (const error of [new Error('a bug'), Object.assign(new Error('listen'), { code: 'EMFILE' }), null])
    expect(listenFailure(error, 'shop', 80)).toBe(error)
})

test('a place has no credentials', () => {
  expect(placeOf('postgresql://root:hunter2@db:5432/orders')).toBe('db:5432/orders')
  expect(placeOf('nats://me:secret@bus:4222')).toBe('bus:4222')
})
