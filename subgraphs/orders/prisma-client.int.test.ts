import { openPrisma } from '@argyle/kit/database'
import { onCommit } from '@argyle/kit/on-commit'
import { isOutage } from '@argyle/kit/outage'
import { appendEvents } from '@argyle/kit/outbox'
import { type TestDatabase, testDatabase } from '@argyle/kit/testing/database'
import { PrismaPg } from '@prisma/adapter-pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { Prisma, PrismaClient } from './generated/prisma/client.ts'

let database: TestDatabase
let prisma: PrismaClient
let plain: PrismaClient
const sent: string[] = []

beforeAll(async () => {
  database = await testDatabase('orders')
  prisma = openPrisma(PrismaClient, { url: database.url, poolSize: 2, onQuery: (sql) => sent.push(sql) })
  plain = new PrismaClient({ adapter: new PrismaPg({ connectionString: database.url }) })
})
afterAll(async () => {
  await prisma.$disconnect()
  await plain.$disconnect()
  await database.drop()
})
beforeEach(async () => {
  await prisma.$executeRaw`TRUNCATE known_product CASCADE`
  sent.length = 0
})

const product = (productId: string) => ({ productId, sequence: 1, categoryId: null })
const products = async () => (await plain.knownProduct.findMany()).map(({ productId }) => productId)

describe('raw statements give what Prisma gives', () => {
  test.each([
    '9007199254740993::int8',
    '12.50::numeric',
    '1.5::float8',
    '7::int4',
    'true',
    'NULL',
    `'2026-11-28'::date`,
    `'2026-11-28 09:10:11.123+02'::timestamptz`,
    `'2026-11-28 09:10:11.5'::timestamp`,
    `'{"a": [1, null]}'::jsonb`,
    `'[]'::json`,
    `'{x,NULL}'::text[]`,
    `'{1,NULL}'::int4[]`,
    `'{9007199254740993,NULL}'::int8[]`,
    `'USD'::currency`,
    `count(*)`,
    `'\\x0102'::bytea`,
  ])('%s', async (expression) => {
    const sql = `SELECT ${expression} AS value`
    const [[own], [reference]] = await Promise.all([
      prisma.$queryRawUnsafe<{ value: unknown }[]>(sql),
      plain.$queryRawUnsafe<{ value: unknown }[]>(sql),
    ])
    const { value } = own ?? {}
    if (value instanceof Uint8Array) expect([...value]).toEqual([1, 2])
    else expect(own).toEqual(reference)
  })

  test.each([
    ['a date', new Date('2026-11-28T09:10:11.123Z'), 'timestamptz'],
    ['a bigint', 9007199254740993n, 'int8'],
    ['a list', ['a', 'b"c', 'd,e'], 'text[]'],
    ['null', null, 'text'],
    ['a boolean', false, 'boolean'],
    ['a fraction', 1.25, 'float8'],
    ['bytes', new Uint8Array([1, 2]), 'bytea'],
  ])('%s as a parameter', async (_, value, type) => {
    const statement = Prisma.sql`SELECT (${value}::${Prisma.raw(type)})::text AS text`
    const [own, reference] = [await prisma.$queryRaw(statement), await plain.$queryRaw(statement)]
    expect(own).toEqual(reference)
  })

  test('nested SQL is part of the statement', async () => {
    const one = Prisma.sql`${1}::int AS one`
    expect(await prisma.$queryRaw`SELECT ${one}, ${2}::int AS two`).toEqual([{ one: 1, two: 2 }])
  })

  test('the number of changed rows', async () => {
    const add = (id: string) => prisma.$executeRaw`INSERT INTO known_product VALUES (${id}, 1)`
    expect([await add('a'), await add('b')]).toEqual([1, 1])
    expect(await prisma.$executeRawUnsafe('UPDATE known_product SET sequence = $1', 2)).toBe(2)
  })

  test('a failed statement names the constraint, shows no values, and leaves its connection usable', async () => {
    await prisma.knownProduct.create({ data: product('a-secret') })
    const again = prisma.$executeRaw`INSERT INTO known_product VALUES ('a-secret', 1)`
    const error = await again.catch((fault: unknown) => fault)
    expect(error).toMatchObject({ code: '23505', message: expect.stringContaining('known_product_pkey') })
    expect(JSON.stringify(error)).not.toContain('a-secret')
    expect(await prisma.$queryRaw`SELECT 1 AS one`).toEqual([{ one: 1 }])
  })
})

describe('a transaction', () => {
  test('of raw statements and models commits both', async () => {
    const found = await prisma.$transaction(async (tx) => {
      await tx.$executeRaw`INSERT INTO known_product VALUES ('raw', 1)`
      await tx.knownProduct.createMany({ data: [product('model')] })
      return tx.$queryRaw`SELECT product_id FROM known_product ORDER BY 1`
    })
    expect(found).toEqual([{ product_id: 'model' }, { product_id: 'raw' }])
    expect(await products()).toEqual(expect.arrayContaining(['model', 'raw']))
    expect(sent.filter((sql) => /^[A-Z]+$/.test(sql))).toEqual(['BEGIN', 'COMMIT'])
  })

  test('that fails rolls back both', async () => {
    const failing = prisma.$transaction(async (tx) => {
      await tx.knownProduct.create({ data: product('model') })
      await tx.$executeRaw`INSERT INTO known_product VALUES ('raw', 1)`
      throw new Error('too late')
    })
    await expect(failing).rejects.toThrow('too late')
    expect(await products()).toEqual([])
  })

  test.each<[string, (tx: Parameters<Parameters<typeof prisma.$transaction>[0]>[0]) => Promise<unknown>]>([
    ['raw statement', (tx) => tx.$executeRaw`INSERT INTO known_product VALUES ('late', 1)`],
    ['model', (tx) => tx.knownProduct.createMany({ data: [product('late')] })],
  ])('that fails while a part of it still runs keeps no later %s of that part', async (_, insert) => {
    let rest: Promise<unknown> = Promise.resolve()
    const failing = prisma.$transaction(async (tx) => {
      await tx.knownProduct.findFirst()
      rest = tx.$queryRaw`SELECT pg_sleep(0.05)::text`.then(() => insert(tx))
      await Promise.all([rest, Promise.reject(new Error('too late'))])
    })
    await expect(failing).rejects.toThrow('too late')
    await expect(rest).rejects.toThrow()
    expect(await products()).toEqual([])
  })

  test('in which a failed statement was ignored does not count as committed', async () => {
    const failing = prisma.$transaction(async (tx) => {
      await tx.knownProduct.create({ data: product('a') })
      await tx.$executeRaw`SELECT 1 / 0`.catch(() => {})
    })
    await expect(failing).rejects.toThrow('one of its statements failed')
    expect(await products()).toEqual([])
  })

  test('of Prisma reports a unique violation as Prisma does', async () => {
    const create = () =>
      prisma.$transaction(async (tx) => {
        await tx.knownProduct.create({ data: product('a') })
      })
    await create()
    await expect(create()).rejects.toMatchObject({ name: 'PrismaClientKnownRequestError', code: 'P2002' })
  })

  test('whose first statements are asked at once keeps all of them, or none', async () => {
    const inserted = (...ids: string[]) =>
      prisma.$transaction((tx) =>
        Promise.all(ids.map((id) => tx.$executeRaw`INSERT INTO known_product VALUES (${id}, 1)`)),
      )
    expect(await inserted('a', 'b', 'c')).toEqual([1, 1, 1])
    await expect(inserted('a', 'd', 'e')).rejects.toThrow('known_product_pkey')
    await expect(inserted('f', 'b')).rejects.toThrow('known_product_pkey')
    expect((await products()).toSorted()).toEqual(['a', 'b', 'c'])
  })

  test('that begins with models and raw statements at once is one', async () => {
    const failing = prisma.$transaction(async (tx) => {
      await Promise.all([
        tx.knownProduct.create({ data: product('model') }),
        tx.$executeRaw`INSERT INTO known_product VALUES ('raw', 1)`,
        tx.knownProduct.create({ data: product('another') }),
      ])
      throw new Error('too late')
    })
    await expect(failing).rejects.toThrow('too late')
    expect(await products()).toEqual([])
    expect(sent.filter((sql) => /^[A-Z]+$/.test(sql))).toEqual(['BEGIN', 'ROLLBACK'])
  })

  test('without statements sends nothing', async () => {
    expect(await prisma.$transaction(async () => 7)).toBe(7)
    const changed = prisma.$transaction(async () => {
      throw new Error('changed its mind')
    })
    await expect(changed).rejects.toThrow('changed its mind')
    expect(sent).toEqual([])
  })

  test('takes one connection; many at once share the pool', async () => {
    const ids = Array.from({ length: 12 }, (_, n) => `p${n}`)
    await Promise.all(
      ids.map((id) =>
        prisma.$transaction(async (tx) => {
          await tx.$executeRaw`INSERT INTO known_product VALUES (${id}, 1)`
          await tx.knownProduct.update({ where: { productId: id }, data: { sequence: 2 } })
        }),
      ),
    )
    expect(await plain.knownProduct.count({ where: { sequence: 2 } })).toBe(12)
  })

  test.each<[string, (tx: Prisma.TransactionClient) => Promise<unknown>]>([
    ['and goes on', (tx) => tx.$executeRaw`INSERT INTO known_product VALUES ('too late', 1)`],
    ['and then ends', async () => {}],
  ])('that takes 20 s %s is rolled back', async (_, rest) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const failing = prisma.$transaction(async (tx) => {
        await tx.$executeRaw`INSERT INTO known_product VALUES ('first', 1)`
        vi.advanceTimersByTime(19_999)
        await tx.$executeRaw`INSERT INTO known_product VALUES ('in time', 1)`
        vi.advanceTimersByTime(1)
        await rest(tx)
      })
      await expect(failing).rejects.toThrow('the transaction took longer than 20000 ms')
    } finally {
      vi.useRealTimers()
    }
    expect(await products()).toEqual([])
  })

  test('that uses models takes up to 20 s as well', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const counted = prisma.$transaction(async (tx) => {
      await tx.knownProduct.create({ data: product('a') })
      vi.advanceTimersByTime(19_999)
      return tx.knownProduct.count()
    })
    expect(await counted.finally(() => vi.useRealTimers())).toBe(1)
  })

  test('that takes 20 s frees its rows, though its work goes on', async () => {
    const begun = Promise.withResolvers<void>()
    const free = Promise.withResolvers<void>()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const failing = prisma.$transaction(async (tx) => {
        await tx.$executeRaw`INSERT INTO known_product VALUES ('a', 1)`
        begun.resolve()
        await free.promise
      })
      await begun.promise
      vi.advanceTimersByTime(20_000)
      // The same key: it waits for the transaction.
      await plain.$transaction([
        plain.$executeRaw`SET LOCAL lock_timeout = '30s'`,
        plain.knownProduct.create({ data: product('a') }),
      ])
      free.resolve()
      await expect(failing).rejects.toThrow('the transaction took longer than 20000 ms')
    } finally {
      free.resolve()
      vi.useRealTimers()
    }
  })

  test('that has ended leaves no time limit, which would end one that has its connection next', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      await prisma.$transaction((tx) => tx.knownProduct.create({ data: product('a') }))
      const failing = prisma.$transaction(async (tx) => {
        await tx.knownProduct.create({ data: product('b') })
        throw new Error('changed its mind')
      })
      await expect(failing).rejects.toThrow('changed its mind')
      // The pool's own, for the connection that nobody uses.
      expect(vi.getTimerCount()).toBe(1)
    } finally {
      vi.useRealTimers()
    }
  })

  test('whose connection is lost fails, and the next one works', async () => {
    const failing = prisma.$transaction(async (tx) => {
      const [row] = await tx.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`
      // Waits for the end of the session.
      await plain.$queryRaw`SELECT pg_terminate_backend(${row?.pid}::int, 30000)`
      await tx.$executeRaw`INSERT INTO known_product VALUES ('a', 1)`
    })
    await expect(failing).rejects.toThrow()
    await prisma.$transaction((tx) => tx.$executeRaw`INSERT INTO known_product VALUES ('b', 1)`)
    expect(await products()).toEqual(['b'])
  })

  test('whose connection is lost fails at its time limit, and nothing else does', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const failing = prisma.$transaction(async (tx) => {
        const [row] = await tx.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`
        await plain.$queryRaw`SELECT pg_terminate_backend(${row?.pid}::int)`
        const answers = () =>
          tx.$queryRaw`SELECT 1`.then(
            () => true,
            () => false,
          )
        while (await answers());
        // The ROLLBACK of the time limit fails.
        vi.advanceTimersByTime(20_000)
      })
      await expect(failing).rejects.toThrow('the transaction took longer than 20000 ms')
    } finally {
      vi.useRealTimers()
    }
  })

  test('hands its messages to the relay after the commit; one that fails hands over none', async () => {
    const handed: string[] = []
    const relay = {
      publish(rows: readonly { subject: string }[]) {
        handed.push(...rows.map(({ subject }) => subject))
      },
    }
    const writer = openPrisma(PrismaClient, { url: database.url, poolSize: 1, committed: { relay } })
    const write = (subject: string, end: () => void) =>
      writer.$transaction(async (tx) => {
        await appendEvents(tx, [{ type: 'orders.test', subject, sequence: 1, data: {} }])
        expect(handed).not.toContain(subject)
        end()
      })
    await write('kept', () => {})
    const failing = write('lost', () => {
      throw new Error('too late')
    })
    await expect(failing).rejects.toThrow('too late')
    expect(handed).toEqual(['kept'])
    // The second has no effect.
    for (let time = 0; time < 2; time++) await writer.$disconnect()
  })

  test('runs its on-commit functions in order; one that fails runs none', async () => {
    const ran: string[] = []
    await prisma.$transaction(async (tx) => {
      expect(onCommit(tx, () => ran.push('first'))).toBe(true)
      await tx.$executeRaw`INSERT INTO known_product (product_id, sequence) VALUES ('a', 1)`
      onCommit(tx, () => ran.push('second'))
      expect(ran).toEqual([])
    })
    expect(ran).toEqual(['first', 'second'])
    const failing = prisma.$transaction(async (tx) => {
      onCommit(tx, () => ran.push('never'))
      await tx.$executeRaw`INSERT INTO known_product (product_id, sequence) VALUES ('a', 1)`
    })
    await expect(failing).rejects.toThrow(/known_product_pkey/)
    expect(ran).toEqual(['first', 'second'])
    // Any other client has no such hook, and runs nothing.
    expect(onCommit(prisma, () => ran.push('never'))).toBe(false)
    expect(ran).toEqual(['first', 'second'])
  })

  test('takes a function and nothing else', () => {
    // A caller in JavaScript, or with options that would be ignored.
    const open = prisma.$transaction as unknown as (...args: unknown[]) => unknown
    expect(() => open([])).toThrow('takes one function')
    expect(() => open(async () => {}, { isolationLevel: 'Serializable' })).toThrow('no options')
  })
})

test('a client that is closed, even twice, opens no connection any more', async () => {
  const closed = openPrisma(PrismaClient, { url: database.url })
  const ask = () => closed.$queryRaw`SELECT 1 AS one`
  expect(await ask()).toEqual([{ one: 1 }])
  await closed.$disconnect()
  await closed.$disconnect()
  await expect(ask()).rejects.toThrow('Cannot use a pool after calling end on the pool')
})

describe('a lock that another session holds', () => {
  let waiting: PrismaClient
  beforeAll(() => {
    waiting = openPrisma(PrismaClient, { url: database.url, poolSize: 1, statementMs: 1_500 })
  })
  afterAll(() => waiting.$disconnect())

  test.each([
    ['a raw statement', () => waiting.$executeRaw`TRUNCATE known_product CASCADE`],
    ['a model', () => waiting.knownProduct.create({ data: product('prd_1') })],
    ['a model in a transaction', () => waiting.$transaction((tx) => tx.knownProduct.findMany())],
  ])('fails %s as an outage, before the time limit of a statement', async (_, ask) => {
    const held = async (holder: Prisma.TransactionClient) => {
      await holder.$executeRaw`LOCK TABLE known_product`
      return ask().catch((error: unknown) => error)
    }
    const failure = await plain.$transaction(held, { maxWait: 30_000, timeout: 30_000 })
    expect(String(failure)).toMatch('canceling statement due to lock timeout')
    expect(isOutage(failure)).toBe(true)
  })

  test('is distinguished from a slow statement', async () => {
    const failure = await waiting.$queryRaw`SELECT pg_sleep(60)::text`.catch((error: unknown) => error)
    expect(String(failure)).toMatch('canceling statement due to statement timeout')
    expect(isOutage(failure)).toBe(false)
  })

  test('is distinguished from a violated constraint', async () => {
    await waiting.knownProduct.create({ data: product('prd_1') })
    const twice = await waiting.knownProduct
      .create({ data: product('prd_1') })
      .catch((error: unknown) => error)
    expect([twice instanceof Error, isOutage(twice)]).toEqual([true, false])
  })
})
