import DataLoader from 'dataloader'
import { Stopped } from '../operation/operation.ts'
import { activeTrace } from '../service/trace.ts'

/** Maximum number of keys in one statement: with the largest page for each, some 50,000 rows. */
const OPTIONS = { maxBatchSize: 500 }

/**
 * Fetches rows for the current operation.
 * @throws Stopped if the operation has stopped before the fetch, or stops because of the number of rows.
 */
async function fetchBounded<Key, Row>(
  fetchMany: (keys: readonly Key[]) => Promise<readonly Row[]>,
  keys: readonly Key[],
): Promise<readonly Row[]> {
  const operation = activeTrace()?.operation
  if (operation?.isHalted) throw new Stopped('the operation has stopped')
  const rows = await fetchMany(keys)
  operation?.addRows(rows.length)
  if (operation?.isHalted) throw new Stopped('the operation has stopped')
  return rows
}

/**
 * Loads one row per key: one fetch for all keys of a tick, in the order of the keys, null for a missing row.
 */
export function loadOne<Key extends string, Row>(
  fetchMany: (keys: readonly Key[]) => Promise<readonly Row[]>,
  keyOf: (row: Row) => Key,
): DataLoader<Key, Row | null> {
  return new DataLoader(async (keys) => {
    const rows = new Map((await fetchBounded(fetchMany, keys)).map((row) => [keyOf(row), row]))
    return keys.map((key) => rows.get(key) ?? null)
  }, OPTIONS)
}

/** Loads all rows of each key in the order of the fetch; an empty list for a key without rows. */
export function loadMany<Key extends string, Row>(
  fetchMany: (keys: readonly Key[]) => Promise<readonly Row[]>,
  keyOf: (row: Row) => Key,
): DataLoader<Key, Row[]> {
  return new DataLoader(async (keys) => {
    const rows = Map.groupBy(await fetchBounded(fetchMany, keys), keyOf)
    return keys.map((key) => rows.get(key) ?? [])
  }, OPTIONS)
}

/**
 * Loaders for fields with arguments: one loader per distinct arguments within a request, since a batch has
 * one page size, order and filter.
 * @param make creates the loader for these arguments; they must survive JSON.
 */
export function loadersByArgs<Args, Key, Value>(
  make: (args: Args) => DataLoader<Key, Value>,
): (args: Args) => DataLoader<Key, Value> {
  const loaders = new Map<string, DataLoader<Key, Value>>()
  return (args) => {
    const key = JSON.stringify(args)
    const known = loaders.get(key)
    if (known) return known
    const loader = make(args)
    loaders.set(key, loader)
    return loader
  }
}
