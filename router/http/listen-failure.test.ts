import { expect, test } from 'vitest'
import { listenFailure } from './listen-failure.ts'

test.each([
  ['EADDRINUSE', 'Port 80 is in use on 10.0.0.1: stop what listens there, or choose another by --port'],
  ['EACCES', 'Port 80 needs more rights than this user has: choose one above 1023 by --port'],
  ['EADDRNOTAVAIL', '"10.0.0.1" is no address of this machine'],
  ['ENOTFOUND', '"10.0.0.1" is no address of this machine'],
  ['EMFILE', 'Cannot listen on 10.0.0.1:80: it failed'],
])('%s', (code, message) => {
  expect(listenFailure(Object.assign(new Error('it failed'), { code }), 80, '10.0.0.1')).toBe(message)
})
