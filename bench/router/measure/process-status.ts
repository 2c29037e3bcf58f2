import { readdirSync, readFileSync } from 'node:fs'

/** Part of a `/proc/PID/stat` (proc(5)): CPU time of all threads in user and kernel mode, in clock ticks. */
type Stat = { readonly parent: number; readonly ticks: number }

/** USER_HZ, the unit of CPU times in /proc on every architecture that Node supports. */
const TICKS_PER_SECOND = 100

/** @param line the name in parentheses may contain anything, including parentheses and spaces. */
export function parseStat(line: string): Stat {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
  // Fields 4 (ppid), 14 (utime) and 15 (stime), counted from 1; the first one here is the third.
  const [parent, user, system] = [fields[1], fields[11], fields[12]].map(Number)
  if (parent === undefined || Number.isNaN((user ?? Number.NaN) + (system ?? Number.NaN))) {
    throw new Error(`not a line of /proc/PID/stat: ${JSON.stringify(line.slice(0, 100))}`)
  }
  return { parent, ticks: (user ?? 0) + (system ?? 0) }
}

/**
 * @returns resident megabytes (Pss) from the text of `/proc/PID/smaps_rollup`: shared pages count in parts.
 */
export function parseResident(rollup: string): number {
  return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) / 1_024
}

/** CPU time in milliseconds of a process and its running descendants. */
export function cpuMilliseconds(pid: number): number {
  const ticks = family(pid).reduce((sum, member) => sum + (statOf(member)?.ticks ?? 0), 0)
  return (ticks / TICKS_PER_SECOND) * 1_000
}

/** Resident megabytes of a process and its descendants; shared pages, such as Node's program, count once. */
export function residentMegabytes(pid: number): number {
  return family(pid).reduce((sum, member) => sum + parseResident(textOf(`/proc/${member}/smaps_rollup`)), 0)
}

function family(pid: number): number[] {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((candidate) => statOf(candidate)?.parent === pid)
  return [pid, ...children.flatMap(family)]
}

function statOf(pid: number): Stat | null {
  const line = textOf(`/proc/${pid}/stat`)
  return line ? parseStat(line) : null
}

/** Empty for a process that has ended. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
