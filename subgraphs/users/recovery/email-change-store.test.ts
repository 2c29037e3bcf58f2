import { expect, test } from 'vitest'
import { Prisma, type PrismaClient } from '../generated/prisma/client.ts'
import { emailChangeStore } from './email-change-store.ts'

/** A store whose transactions fail. */
function aStore(error: Error) {
  // The store begins each change with a transaction.
  const prisma = { $transaction: () => Promise.reject(error) } as unknown as PrismaClient
  return emailChangeStore({ prisma, clock: () => new Date(0), linkKey: new Uint8Array(32) })
}

test('an address that another account takes at the same time makes the token invalid; another failure is one', async () => {
  const failed = (code: string) =>
    new Prisma.PrismaClientKnownRequestError('failed', { code, clientVersion: '' })
  const [taken, away] = [aStore(failed('P2002')), aStore(failed('P1001'))]
  expect([await taken.confirm('token'), await taken.undo('token')]).toEqual([false, false])
  await expect(away.confirm('token')).rejects.toThrow('failed')
  await expect(away.undo('token')).rejects.toThrow('failed')
})
