import type { PlanPath } from '../../planning/plan.ts'
import { isObject, type Json, own } from '../own-property.ts'
import type { IsOfType } from '../type-names.ts'

/** Collects the objects at a path of the merged data, in order. Null and missing values are skipped. */
type Gather = (data: Json, into: Json[]) => void

export type DataPath = { readonly path: PlanPath; readonly gather: Gather }

/** Maximum number of cached entries; then the cache is cleared. */
const MAX_PATHS = 10_000

const dataPaths = new WeakMap<IsOfType, Map<string, DataPath>>()

/** Cached for all operations, since they were a tenth of the memory of each operation. */
export function dataPathTo(path: PlanPath, isOfType: IsOfType): DataPath {
  const known = dataPaths.get(isOfType) ?? new Map<string, DataPath>()
  dataPaths.set(isOfType, known)
  const text = pathText(path)
  const dataPath = known.get(text) ?? { path, gather: gatherer(path, isOfType) }
  if (known.size >= MAX_PATHS) known.clear()
  known.set(text, dataPath)
  return dataPath
}

export function pathText(path: PlanPath): string {
  return path
    .map((step) => {
      if (step.kind === 'each') return '@'
      return step.kind === 'field' ? step.name : `|${step.names.join('|')}`
    })
    .join('.')
}

/**
 * Visits nested lists once, however often they occur: the data of one representation is part of every object
 * that it stands for. Finding the same objects again took a third of the cost of an answer.
 */
function gatherer(path: PlanPath, isOfType: IsOfType): Gather {
  const isNested = path.filter(({ kind }) => kind === 'each').length > 1
  return (data, into) => walk(data, 0, { path, isOfType, met: isNested ? [] : null, into })
}

type Walk = {
  readonly path: PlanPath
  readonly isOfType: IsOfType
  /** The visited lists, by the following step; null if no list can occur twice. */
  readonly met: Set<unknown>[] | null
  readonly into: Json[]
}

function walk(from: unknown, start: number, search: Walk): void {
  const { path, into } = search
  let value = from
  for (let at = start; at < path.length; at++) {
    const step = path[at]
    // A step over each element is taken here; a planner may also leave it out.
    if (Array.isArray(value)) {
      walkList(value, step?.kind === 'each' ? at + 1 : at, search)
      return
    }
    if (!isObject(value)) return
    if (step?.kind === 'field') value = own(value, step.name)
    else if (step?.kind === 'types' && !matches(value, step.names, search.isOfType)) return
  }
  if (Array.isArray(value)) walkList(value, path.length, search)
  else if (isObject(value)) into.push(value)
}

function walkList(list: readonly unknown[], next: number, search: Walk): void {
  if (search.met) {
    search.met[next] ??= new Set()
    const met = search.met[next]
    if (met.has(list)) return
    met.add(list)
  }
  for (const item of list) walk(item, next, search)
}

function matches({ __typename }: Json, types: readonly string[], isOfType: IsOfType): boolean {
  return typeof __typename !== 'string' || types.some((type) => isOfType(__typename, type))
}
