import { testDatabase } from '@argyle/kit/testing/database'
import pg from 'pg'
import { expect, test } from 'vitest'
import { inTransaction } from './world.ts'

test('a transaction that fails leaves nothing, also by the next one of its connection', async () => {
  const database = await testDatabase('carrier')
  const pool = new pg.Pool({ connectionString: database.url, max: 1 })
  try {
    await pool.query('CREATE TABLE note (text TEXT)')
    const write = (text: string) =>
      inTransaction(pool, async (client) => {
        await client.query('INSERT INTO note VALUES ($1)', [text])
        if (text === 'refused') throw new Error('it is refused')
        return text
      })
    expect(await write('first')).toBe('first')
    await expect(write('refused')).rejects.toThrow('it is refused')
    expect(await write('last')).toBe('last')
    expect((await pool.query('SELECT text FROM note')).rows).toEqual([{ text: 'first' }, { text: 'last' }])
  } finally {
    await pool.end()
    await database.drop()
  }
})
