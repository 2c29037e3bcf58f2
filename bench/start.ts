import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { bench } from './bench.ts'
import type { Life } from './life.ts'
import { median } from './measure/percentiles.ts'
import type { ProcessStat } from './measure/proc-files.ts'
import { isPostgres, type Memory, memoryOf, processTree } from './measure/processes.ts'
import { pageByRouter } from './pages/product-page.ts'
import { startBenchShop, temporaryFolder } from './shop/bench-shop.ts'
import { connections } from './shop/http.ts'

/** Idle time before the memory of a shop at rest is measured. */
const REST_MS = 2_000

type Run = {
  /** From the start of `npm start` to the first correct product page, in seconds. */
  readonly seconds: number
  readonly memory: Record<'all' | 'node' | 'npm' | 'postgres', Memory>
}

export const start = bench({
  name: 'start',
  measures:
    'seconds from `npm start` to the first correct product page, on a fresh folder and on a used one, and memory at rest',
  options: { runs: { meaning: 'starts of each kind', default: 5, min: 1, max: 20 } },
  async run({ runs }, life) {
    const folder = temporaryFolder(life)
    const cold: Run[] = []
    const warm: Run[] = []
    for (let run = 1; run <= runs; run++) {
      life.say(`cold start ${run} of ${runs}`)
      // Keep the data of the last run for the warm starts.
      cold.push(await startOnce(path.join(folder, String(run)), run === runs, life))
    }
    for (let run = 1; run <= runs; run++) {
      life.say(`warm start ${run} of ${runs}`)
      warm.push(await startOnce(path.join(folder, String(runs)), true, life))
    }
    return {
      tables: [times({ cold, warm }), memories({ cold, warm })],
      notes: [
        `Cold: a fresh data folder and no compiled code kept from before, as after \`npm ci\`: initdb, migrations, demo seed. Warm: on the folder of the last one. Memory: ${REST_MS / 1_000} s after the first page, of all processes, npm's own included.`,
      ],
      data: { cold, warm },
    }
  },
})

async function startOnce(place: string, keep: boolean, life: Life): Promise<Run> {
  mkdirSync(place, { recursive: true })
  // Node's compile cache is in the data folder, so that a fresh folder has none.
  const environment = { NODE_COMPILE_CACHE: path.join(place, 'compiled') }
  const shop = await startBenchShop({ command: 'npm', dataDir: path.join(place, 'data'), environment }, life)
  const { post, close } = connections(1)
  try {
    await pageByRouter(post, shop.url, JSON.stringify({ query: shop.query }))()
    const seconds = (performance.now() - shop.spawnedAt) / 1_000
    await sleep(REST_MS)
    return { seconds, memory: memoryByKind(processTree(shop.pid)) }
  } finally {
    close()
    await shop.stop(keep)
  }
}

function memoryByKind(tree: readonly ProcessStat[]): Run['memory'] {
  const of = (is: (program: string) => boolean) => memoryOf(tree.filter(({ program }) => is(program)))
  const isShop = (program: string) => /^(node|MainThread)/.test(program)
  return {
    all: memoryOf(tree),
    node: of(isShop),
    npm: of((program) => !isPostgres(program) && !isShop(program)),
    postgres: of(isPostgres),
  }
}

type Runs = Record<'cold' | 'warm', readonly Run[]>

export function times(runs: Runs) {
  return {
    title: 'Start, seconds until the first correct product page',
    head: ['start', 'median', 'all runs'],
    rows: Object.entries(runs).map(([kind, all]) => {
      const seconds = all.map((run) => run.seconds)
      return [kind, `${median(seconds).toFixed(2)}`, seconds.map((value) => value.toFixed(2)).join('  ')]
    }),
  }
}

export function memories(runs: Runs) {
  const kind = Object.values(runs).flat()[0]?.memory.all.kind ?? 'PSS'
  const parts = ['all', 'node', 'postgres', 'npm'] as const
  return {
    title: `Memory at rest, MB of ${kind}, median`,
    head: ['after a start', 'whole tree', 'the shop’s Node', 'PostgreSQL', 'npm and its shell'],
    rows: Object.entries(runs).map(([start, all]) => [
      start,
      ...parts.map((part) => megabytes(median(all.map(({ memory }) => memory[part].bytes)))),
    ]),
  }
}

/** 0: the system does not report memory. */
function megabytes(bytes: number): string {
  return bytes > 0 ? (bytes / 1e6).toFixed(0) : '–'
}
