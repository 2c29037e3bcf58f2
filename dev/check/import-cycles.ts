import path from 'node:path'
import { importsOf } from './source-text.ts'

type Source = { readonly file: string; readonly source: string }

/**
 * Groups of files that import each other, type imports included: the strongly connected components of more than one file.
 * R. Tarjan, Depth-first search and linear graph algorithms, SIAM J. Comput. 1 (1972).
 */
export function importCycles(files: readonly Source[]): string[][] {
  const known = new Set(files.map(({ file }) => file))
  const targets = new Map(
    files.map(({ file, source }) => [
      file,
      importsOf(source)
        .map((specifier) => path.posix.join(path.posix.dirname(file), specifier))
        .filter((target) => known.has(target)),
    ]),
  )
  const order = new Map<string, number>()
  const stack: string[] = []
  const cycles: string[][] = []
  const visit = (file: string): number => {
    const number = order.size
    order.set(file, number)
    stack.push(file)
    let low = number
    for (const target of targets.get(file) ?? []) {
      if (!order.has(target)) low = Math.min(low, visit(target))
      else if (stack.includes(target)) low = Math.min(low, order.get(target) ?? number)
    }
    if (low === number) {
      const group = stack.splice(stack.indexOf(file))
      if (group.length > 1) cycles.push(group.sort())
    }
    return low
  }
  for (const file of known) if (!order.has(file)) visit(file)
  return cycles
}
