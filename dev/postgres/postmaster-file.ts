import { readFileSync } from 'node:fs'
import path from 'node:path'

/** The contents of `postmaster.pid`. */
export type Postmaster = { pid: number; port: number; socketFolder: string; ready: boolean }

/** Reads a cluster's `postmaster.pid`; undefined if it does not exist or is incomplete. */
export function readPostmaster(cluster: string): Postmaster | undefined {
  let lines: string[]
  try {
    lines = readFileSync(path.join(cluster, 'postmaster.pid'), 'utf8').split('\n')
  } catch {
    return undefined
  }
  // Lines: pid, data folder, start time, port, socket folder, address, shared memory, status.
  const [pid = '', , , port = '', socketFolder = ''] = lines
  if (!(Number(pid) > 0)) return undefined
  return { pid: Number(pid), port: Number(port), socketFolder, ready: lines[7]?.trim() === 'ready' }
}
