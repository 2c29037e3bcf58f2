/** Response names and list indexes. */
export type Path = readonly (string | number)[]

/** Whether a path is at another one or below it. */
export function isWithin(start: Path, path: Path): boolean {
  return start.every((step, depth) => step === path[depth])
}

/** The number of elements of a path that exist in the answer. */
export function lengthInAnswer(data: unknown, path: Path): number {
  let value = data
  for (const [depth, step] of path.entries()) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return depth
    // Checked on the line above; lists answer to numbers.
    value = (value as Record<string | number, unknown>)[step]
  }
  return path.length
}

/** The part of a path that exists in the answer. */
export function cut(data: unknown, path: Path): Path {
  return path.slice(0, lengthInAnswer(data, path))
}

/** The value at a path of an answer. */
export function valueAt(data: unknown, path: Path): unknown {
  let value = data
  for (const step of path) value = (value as Record<string | number, unknown>)[step]
  return value
}

/** The path at which a path ends early, in a null or a missing value; null if it leads to a value. */
export function endOf(data: unknown, path: Path): Path | null {
  const reached = cut(data, path)
  const isThere = reached.length === path.length && valueAt(data, path) !== null
  return isThere ? null : reached
}

/** The paths at which one answer has null or nothing in place of another answer's value. */
export function lostAt(value: unknown, other: unknown, path: Path = []): readonly Path[] {
  if (value === null) return []
  if (other === null || other === undefined) return [path]
  if (typeof value !== 'object' || typeof other !== 'object') return []
  // Both are JSON; lists answer to the texts of numbers.
  return Array.isArray(value)
    ? value.flatMap((part, index) => lostAt(part, (other as unknown[])[index], [...path, index]))
    : Object.entries(value).flatMap(([name, part]) =>
        lostAt(part, (other as Record<string, unknown>)[name], [...path, name]),
      )
}
