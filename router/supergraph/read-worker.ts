import { parentPort, workerData } from 'node:worker_threads'
import { messageOf } from '../usage-error.ts'
import { readSdl } from './read-sdl.ts'
import { buildSupergraph } from './supergraph.ts'

/** What the worker says: an SDL that composes and builds, or why there is none. */
export type WorkerAnswer =
  | { readonly ok: true; readonly sdl: string; readonly files: readonly string[] }
  | { readonly ok: false; readonly message: string }

function read(file: string): WorkerAnswer {
  try {
    const { sdl, files } = readSdl(file)
    buildSupergraph(sdl)
    return { ok: true, sdl, files }
  } catch (error) {
    return { ok: false, message: messageOf(error) }
  }
}

parentPort?.postMessage(read(String(workerData)))
