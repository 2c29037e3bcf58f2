import { expect, test } from 'vitest'
import { MisuseError, readRequest } from './request.ts'

test.each([
  ['orders deploy', 'migrate deploy'],
  ['orders dev --name add-x', 'migrate dev --name add-x'],
  ['orders db pull --print', 'db pull --print'],
  ['orders diff --from-empty --to-schema x', 'migrate diff --from-empty --to-schema x'],
  ['orders diff --to-schema x', 'migrate diff --to-schema x'],
  [
    'orders diff',
    'migrate diff --from-migrations prisma/orders/migrations --to-schema prisma/orders/schema.prisma --script',
  ],
])('%s runs prisma %s', (line, expected) => {
  expect(readRequest(line.split(' '), ['orders'])).toEqual({ subgraph: 'orders', args: expected.split(' ') })
})

test.each([
  ['odrers deploy', 'no subgraph "odrers" with a database: allowed is orders, users'],
  ['orders', 'no command "": allowed is dev, deploy, status, reset, diff, resolve, db'],
  ['orders drop', 'no command "drop": allowed is dev, deploy, status, reset, diff, resolve, db'],
])('%s is refused with what is allowed', (line, message) => {
  expect(() => readRequest(line.split(' '), ['orders', 'users'])).toThrow(new MisuseError(message))
})
