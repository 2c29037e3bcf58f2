import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RouterSettingsInput } from '../settings.ts'
import { patient } from './router.ts'
import { TURN_PROBE, type Watched, watched } from './watched-process.ts'

export type WatchedRouter = Watched & {
  /** The GraphQL endpoint. */
  readonly url: string
  readonly port: number
  readonly pid: number
  /** Everything on stdout and stderr. */
  output(): string
  /** Waits until a text is on stdout or stderr. */
  prints(wanted: string): Promise<void>
  stop(): Promise<void>
}

export type WatchedOptions = {
  readonly settings?: RouterSettingsInput
  /** Further options of the router's command line. */
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Options of node, such as `--max-old-space-size=700`. */
  readonly nodeOptions?: readonly string[]
}

/**
 * Starts a router on a free port in a separate process, so that a test can measure the effects of a request
 * on others: the longest turn of the event loop, and memory.
 * @param supergraph SDL of the supergraph.
 * @throws Error with the router's output if it exits before it serves.
 */
export async function startWatchedRouter(
  supergraph: string,
  options: WatchedOptions = {},
): Promise<WatchedRouter> {
  const folder = await mkdtemp(join(tmpdir(), 'watched-router-'))
  await writeFile(join(folder, 'supergraph.graphql'), supergraph)
  // JSON is YAML.
  await writeFile(join(folder, 'router.yaml'), JSON.stringify(patient(options.settings ?? {})))
  const child = spawnRouter(folder, options)
  const output = outputOf(child)
  const end = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    }
    await rm(folder, { recursive: true })
  }
  const url = await endpointOf(child, output).catch(async (error) => {
    await end()
    throw error
  })
  return {
    url,
    port: Number(new URL(url).port),
    // A process that printed its address has an id.
    pid: child.pid as number,
    output: output.text,
    prints: (wanted) =>
      new Promise((resolve) => {
        output.onMore(() => {
          if (output.text().includes(wanted)) resolve()
        })
      }),
    ...watched(child),
    stop: end,
  }
}

function spawnRouter(
  folder: string,
  { args = [], env = {}, nodeOptions = [] }: WatchedOptions,
): ChildProcess {
  const main = fileURLToPath(new URL('../main.mjs', import.meta.url))
  const node = ['--expose-gc', ...nodeOptions, '--import', TURN_PROBE]
  const router = ['--supergraph', 'supergraph.graphql', '--config', 'router.yaml', '--port', '0', ...args]
  return spawn(process.execPath, [...node, main, ...router], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
}

type Output = {
  text(): string
  onMore(look: () => void): void
}

function outputOf(child: ChildProcess): Output {
  let text = ''
  let look = () => {}
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      text += chunk
      look()
    })
  }
  return {
    text: () => text,
    onMore(then) {
      look = then
      then()
    },
  }
}

function endpointOf(child: ChildProcess, output: Output): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error(`the router ended before it served: ${output.text()}`)))
    output.onMore(() => {
      const [, url] = /served at (http:\S+)/.exec(output.text()) ?? []
      if (url) resolve(url)
    })
  })
}
