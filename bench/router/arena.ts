import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Setting } from './contestants/contestant.ts'
import type { Graph } from './graphs/graph.ts'
import { graphNamed } from './graphs/graph-names.ts'
import { writeSupergraph } from './graphs/supergraph-file.ts'
import type { Load, LoadResult } from './load/run-load.ts'
import { ask } from './processes/commands.ts'
import { chooseCores } from './processes/cores.ts'
import { type Started, startProcess } from './processes/start-process.ts'
import type { Call } from './subgraphs/call-log.ts'

/** Counts of the subgraphs since the last query. */
export type Tally = { readonly calls: number; readonly bytesIn: number; readonly bytesOut: number }

/** The subgraphs of a graph, its supergraph and a load generator, ready for contestants. */
export type Arena = {
  readonly graph: Graph
  readonly setting: Omit<Setting, 'port'>
  /** The cores for routers; null: not pinned. */
  readonly routerCores: string | null
  /** Delays every response of the subgraphs. */
  setDelay(milliseconds: number): Promise<void>
  /** Percentage of responses with other bytes than the last to the same request. */
  setChanging(percent: number): Promise<void>
  tally(): Promise<Tally>
  /** The calls made during some work. */
  recordCalls(during: () => Promise<unknown>): Promise<Call[]>
  expect(answers: readonly string[]): Promise<void>
  load(load: Load): Promise<LoadResult>
  close(): Promise<void>
}

const SUBGRAPHS = new URL('./subgraphs/subgraph-process.ts', import.meta.url).pathname
const LOAD = new URL('./load/load-process.ts', import.meta.url).pathname

/** @param graphName as for `graphNamed`. @param product the checkout whose `compose` is used. */
export async function openArena(graphName: string, product: string): Promise<Arena> {
  const cores = chooseCores()
  const folder = await mkdtemp(join(tmpdir(), 'argyle-bench-'))
  const subgraphs = startProcess({ args: [SUBGRAPHS, graphName], cores: cores.others })
  const generator = startProcess({ args: [LOAD], cores: cores.others })
  const close = async () => {
    await Promise.all([subgraphs.stop(), generator.stop()])
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const graph = graphNamed(graphName)
    const ports = new Map(await asked<[string, number][]>(subgraphs, 'ports'))
    const url = (name: string) => `http://127.0.0.1:${ports.get(name)}/graphql`
    const named = graph.subgraphs.map(({ name, sdl }) => ({ name, sdl, url: url(name) }))
    const urls = new Map(named.map((subgraph) => [subgraph.name, subgraph.url]))
    const supergraph = await writeSupergraph(graph, urls, folder, product)
    return {
      graph,
      setting: { supergraph, subgraphs: named, folder },
      routerCores: cores.router,
      setDelay: (milliseconds) => asked(subgraphs, 'delay', milliseconds),
      setChanging: (percent) => asked(subgraphs, 'changing', percent),
      tally: () => asked(subgraphs, 'tally'),
      async recordCalls(during) {
        await asked(subgraphs, 'startLog')
        await during()
        return asked(subgraphs, 'takeLog')
      },
      expect: (answers) => asked(generator, 'expect', answers),
      load: (load) => asked(generator, 'run', load),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function asked<T>(started: Started, command: string, argument?: unknown): Promise<T> {
  try {
    return await ask<T>(started.child, command, argument)
  } catch (error) {
    throw new Error(`${String(error)}\n${started.output()}`)
  }
}
