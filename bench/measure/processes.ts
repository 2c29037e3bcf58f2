import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { type ProcessStat, readKilobytes, readStat, ticksOf, treeOf } from './proc-files.ts'

/** Memory of some processes, in bytes: the sum of their PSS, or of their RSS if PSS is not readable. */
export type Memory = { readonly bytes: number; readonly kind: 'PSS' | 'RSS' }

/** A process and all its running descendants; empty on systems without /proc. */
export function processTree(pid: number): ProcessStat[] {
  return existsSync('/proc/self/stat') ? treeOf(pid, allProcesses()) : []
}

/**
 * CPU time of a process and all its descendants so far, including ended ones, in milliseconds. The resolution
 * is one clock tick per process: 10 ms on most systems. NaN on systems without /proc.
 * @param program which processes count, by name; all by default
 */
export function cpuMsOf(pid: number, program: (name: string) => boolean = () => true): number {
  const tree = processTree(pid)
  if (tree.length === 0) return Number.NaN
  const counted = tree.filter((one) => program(one.program))
  return (ticksOf(counted) * 1_000) / ticksPerSecond()
}

/** The name of PostgreSQL's server process and its children. */
export const isPostgres = (program: string): boolean => program.startsWith('postgres')

/** Whether this process still runs, not another one with the same pid. */
export function stillRuns({ pid, startedAt }: ProcessStat): boolean {
  return stat(pid)?.startedAt === startedAt
}

/** The command line of a process, the program first. */
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

/** A process may end between listing and reading. */
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
