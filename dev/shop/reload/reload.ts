import { generate } from '../../generate.ts'
import type { Shop } from '../start/start-shop.ts'
import type { Generates } from './code-change.ts'
import { importAnew } from './code-version.ts'
import { watchCode } from './watch-code.ts'

type Reloading = {
  readonly write: (line: string) => void
  /** Ends this process and starts the whole shop again. */
  readonly startAnew: (file: string) => void
}

/**
 * Reloads changed code while the shop runs; a change in one subgraph reloads only that subgraph. If new code
 * does not load or start, the error is printed and the old code keeps serving. The router watches schemas and
 * supergraph.yaml itself.
 * @returns stops watching
 */
export function reloadOnChange(shop: Shop, { write, startAnew }: Reloading): () => void {
  /** One reload at a time per subgraph; a change during a reload causes another. */
  const reloads = new Map<string, Promise<void>>()
  const reload = async (name: string, generates: Generates) => {
    const started = performance.now()
    try {
      if (generates === 'client') await generate({ names: [name] })
      await shop.subgraph(name).replace(await importAnew(name, generates === 'client'))
      write(`${name} runs its new code (${Math.round(performance.now() - started)} ms)`)
    } catch (error) {
      return write(`${name} continues with its previous code:\n${faultOf(error)}`)
    }
    if (generates === 'types') await generate({ names: [name] }).catch((error) => write(faultOf(error)))
  }
  return watchCode({
    subgraph(name, generates) {
      const before = reloads.get(name) ?? Promise.resolve()
      reloads.set(
        name,
        before.then(() => reload(name, generates)),
      )
    },
    shop: startAnew,
  })
}

function faultOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
