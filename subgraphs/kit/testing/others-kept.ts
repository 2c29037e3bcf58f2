import { afterEach, beforeEach, expect } from 'vitest'
import type { TestSubgraph } from './subgraph.ts'

/** Tables that everybody shares: how far messages have been read, attempts, counts of a quarter of an hour. */
const SHARED = /^(?:\w*progress|throttle|quarter_count) /

const tablesOf = (rows: ReadonlySet<string>) =>
  new Set([...rows].map((row) => row.slice(0, row.indexOf(' '))))

/** All rows but those of shared tables. */
async function allRows(shop: Pick<TestSubgraph, 'everyRow'>): Promise<Set<string>> {
  return new Set([...(await shop.everyRow())].filter((row) => !SHARED.test(row)))
}

/** The rows, a line each, but for those with one of these beginnings. */
function lostOf(lost: ReadonlySet<string>, changed: readonly string[]): string {
  return [...lost].filter((row) => !changed.some((beginning) => row.startsWith(beginning))).join('\n')
}

/**
 * Remembers the rows of others, for a test of a change that must leave them as they are.
 * @param arrange makes what the change is about. The rows that it leaves as they are belong to others
 * @returns its result, and a function that expects the rows of others to be as they were. `changed`: beginnings of
 * older rows that the change is about too, such as `tax_country (DE`
 */
export async function withOthers<Arranged>(
  shop: Pick<TestSubgraph, 'everyRow'>,
  arrange: () => Promise<Arranged>,
): Promise<{ readonly own: Arranged; expectKept(changed?: readonly string[]): Promise<void> }> {
  const before = await allRows(shop)
  const own = await arrange()
  const others = before.intersection(await allRows(shop))
  return {
    own,
    async expectKept(changed = []) {
      const lost = others.difference(await allRows(shop))
      expect(lostOf(lost, changed)).toBe('')
    },
  }
}

/**
 * Each test of the file leaves the rows of the tests before it as they are: each makes its own customers, orders, products.
 * @param shop opens before these tests, e.g. in `beforeAll`
 * @param changed beginnings of rows that the tests share. A row begins with its table, such as `invoice_counter (`
 */
export function expectEarlierRowsKept(
  shop: () => Pick<TestSubgraph, 'everyRow'>,
  changed: readonly string[] = [],
): void {
  let earlier: ReadonlySet<string>
  beforeEach(async () => {
    earlier = await allRows(shop())
  })
  afterEach(async () => {
    const lost = earlier.difference(await allRows(shop()))
    expect(lostOf(lost, changed)).toBe('')
  })
}

/**
 * Expects that the erasure of one person leaves the rows of everybody else as they are, in all tables.
 * @param aPerson makes a person with a row in each table that the erasure changes
 * @param erase erases that person
 * @param textsOf texts of the person that no row may have afterwards
 */
export async function expectOthersKept<Person>(
  shop: Pick<TestSubgraph, 'everyRow'>,
  aPerson: () => Promise<Person>,
  erase: (person: Person) => Promise<unknown>,
  textsOf: (person: Person) => readonly string[] = () => [],
): Promise<void> {
  await aPerson()
  const before = await allRows(shop)
  const person = await aPerson()
  const full = await allRows(shop)
  const others = before.intersection(full)
  await erase(person)
  const after = await allRows(shop)
  expect([...others.difference(after)]).toEqual([])
  const changed = tablesOf(full.difference(after))
  expect(changed.size).toBeGreaterThan(0)
  // A table without rows of others proves nothing.
  expect([...changed.difference(tablesOf(others))]).toEqual([])
  for (const text of textsOf(person)) {
    const holding = (rows: ReadonlySet<string>) => [...rows].filter((row) => row.includes(text))
    expect(holding(full), text).not.toEqual([])
    expect(holding(after), text).toEqual([])
  }
}
