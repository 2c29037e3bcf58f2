import { type FSWatcher, watch } from 'node:fs'
import path from 'node:path'
import { root } from '../../repository.ts'
import { codeChange, type Generates } from './code-change.ts'

/** Files saved within this time are one change. */
const SETTLE_MS = 80
const WATCHED = ['subgraphs', 'prisma', 'router', 'dev', 'router.yaml'] as const

/** Begins to watch a file or a folder, as `watch` of node:fs does. */
export type Watch = (
  place: string,
  options: { readonly recursive: true },
  changed: (event: string, file: string | null) => void,
) => Pick<FSWatcher, 'close'>

type Listeners = {
  /** @param generates the generated code that depends on the changed files */
  subgraph(name: string, generates: Generates): void
  /** @param file one of the changed files */
  shop(file: string): void
}

/**
 * Watches the sources of the shop and reports what must be restarted.
 * @param begin another one in tests
 * @returns stops watching
 */
export function watchCode(listeners: Listeners, repository = root, begin: Watch = watch): () => void {
  let settling: NodeJS.Timeout | undefined
  const changed = new Set<string>()
  const settle = () => {
    const changes = [...changed].map(codeChange).filter((change) => change !== null)
    changed.clear()
    const shop = changes.find((change) => change.kind === 'shop')
    if (shop) return listeners.shop(shop.file)
    const subgraphs = new Map<string, Generates>()
    for (const change of changes)
      if (change.kind === 'subgraph')
        subgraphs.set(change.name, most(change.generates, subgraphs.get(change.name)))
    for (const [name, generates] of subgraphs) listeners.subgraph(name, generates)
  }
  const watchers = WATCHED.map((place) =>
    begin(path.join(repository, place), { recursive: true }, (_, file) => {
      const isFolder = !place.includes('.')
      changed.add(isFolder ? [place, ...(file ?? '').split(path.sep)].join('/') : place)
      clearTimeout(settling)
      settling = setTimeout(settle, SETTLE_MS)
    }),
  )
  return () => {
    clearTimeout(settling)
    for (const watcher of watchers) watcher.close()
  }
}

function most(one: Generates, other: Generates = 'nothing'): Generates {
  const order = ['nothing', 'types', 'client']
  return order.indexOf(one) > order.indexOf(other) ? one : other
}
