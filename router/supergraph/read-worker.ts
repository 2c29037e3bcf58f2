import { parentPort, workerData } from 'node:worker_threads'
import { messageOf } from '../usage-error.ts'
import { readSdl } from './read-sdl.ts'
import { buildSupergraph, dataOf, type SupergraphData } from './supergraph.ts'

/** Message of the worker: a valid supergraph, or the reason why there is none. */
export type WorkerAnswer =
  | { readonly ok: true; readonly data: SupergraphData; readonly files: readonly string[] }
  | { readonly ok: false; readonly message: string }

async function read(file: string): Promise<WorkerAnswer> {
  try {
    const { sdl, files } = await readSdl(file)
    return { ok: true, data: dataOf(buildSupergraph(sdl)), files }
  } catch (error) {
    return { ok: false, message: messageOf(error) }
  }
}

parentPort?.postMessage(await read(String(workerData)))
