import { expect } from 'vitest'
import type { TestSubgraph } from './subgraph.ts'

/** Tables that store how far messages have been read, which every message changes. */
const PROGRESS = /^\w*progress /

const tablesOf = (rows: ReadonlySet<string>) =>
  new Set([...rows].map((row) => row.slice(0, row.indexOf(' '))))

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
  const allRows = async () => new Set([...(await shop.everyRow())].filter((row) => !PROGRESS.test(row)))
  await aPerson()
  const before = await allRows()
  const person = await aPerson()
  const full = await allRows()
  const others = before.intersection(full)
  await erase(person)
  const after = await allRows()
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
