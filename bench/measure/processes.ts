import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { type ProcessStat, readKilobytes, readStat, ticksOf, treeOf } from './proc-files.ts'

/** Memory of some processes, in bytes: the proportional share (PSS) of each, or all of its own (RSS) where that is not readable. */
export type Memory = { readonly bytes: number; readonly kind: 'PSS' | 'RSS' }

/** A process and all its descendants that run now; empty where the system has no /proc. */
export function processTree(pid: number): ProcessStat[] {
  return existsSync('/proc/self/stat') ? treeOf(pid, allProcesses()) : []
}

/**
 * CPU time that a process and all its descendants have taken so far, those that ended included, in milliseconds. Its steps
 * are a clock tick of each process: 10 ms on most systems.
 * NaN where the system has no /proc.
 * @param program which of them count, by name; all, unless told
 */
export function cpuMsOf(pid: number, program: (name: string) => boolean = () => true): number {
  const tree = processTree(pid)
  if (tree.length === 0) return Number.NaN
  const counted = tree.filter((one) => program(one.program))
  return (ticksOf(counted) * 1_000) / ticksPerSecond()
}

/** The name that PostgreSQL's server and all its children have. */
export const isPostgres = (program: string): boolean => program.startsWith('postgres')

/** Whether that very process still runs, not another one that got its number. */
export function stillRuns({ pid, startedAt }: ProcessStat): boolean {
  return stat(pid)?.startedAt === startedAt
}

/** The arguments that a process was started with, the program first. */
export function argumentsOf(pid: number): string[] {
  return (readOrNull(`/proc/${pid}/cmdline`) ?? '').split('\0').filter(Boolean)
}

export function memoryOf(processes: readonly ProcessStat[]): Memory {
  const shares = processes.map(({ pid }) =>
    readKilobytes(readOrNull(`/proc/${pid}/smaps_rollup`) ?? '', 'Pss'),
  )
  const sum = (values: readonly (number | null)[]) => values.reduce<number>((all, one) => all + (one ?? 0), 0)
  if (shares.every((share) => share !== null)) return { bytes: sum(shares), kind: 'PSS' }
  const whole = processes.map(({ pid }) => readKilobytes(readOrNull(`/proc/${pid}/status`) ?? '', 'VmRSS'))
  return { bytes: sum(whole), kind: 'RSS' }
}

function allProcesses(): ProcessStat[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => stat(Number(name)) ?? [])
}

function stat(pid: number): ProcessStat | null {
  const text = readOrNull(`/proc/${pid}/stat`)
  return text === null ? null : readStat(text)
}

/** A process may end between the listing and the reading. */
function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

let ticks: number | null = null

function ticksPerSecond(): number {
  ticks ??= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))
  return ticks
}
