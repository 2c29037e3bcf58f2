/** One process, as `/proc/PID/stat` tells of it. Times are in clock ticks. */
export type ProcessStat = {
  readonly pid: number
  readonly parent: number
  readonly program: string
  /** Of its own threads, user and system. */
  readonly ownTicks: number
  /** Of its children that have ended and were waited for, and of theirs. */
  readonly endedChildrenTicks: number
  /** Ticks from the machine's start to its own: with the pid, it names the process once and for all. */
  readonly startedAt: number
}

/**
 * Reads a `/proc/PID/stat` (proc_pid_stat(5)). The program's name stands in brackets and may hold brackets and spaces of its own.
 * @throws Error when the text is none
 */
export function readStat(text: string): ProcessStat {
  const opening = text.indexOf('(')
  const closing = text.lastIndexOf(')')
  // The first of these is field 3, the state.
  const fields = text.slice(closing + 2).split(' ')
  const field = (number: number) => Number(fields[number - 3] ?? Number.NaN)
  const stat = {
    pid: Number(text.slice(0, Math.max(0, opening))),
    parent: field(4),
    program: text.slice(opening + 1, closing),
    ownTicks: field(14) + field(15),
    endedChildrenTicks: field(16) + field(17),
    startedAt: field(22),
  }
  const numbers = [stat.pid, stat.parent, stat.ownTicks, stat.endedChildrenTicks, stat.startedAt]
  if (opening < 1 || closing < opening || !numbers.every(Number.isInteger))
    throw new Error(`not the text of a /proc/PID/stat: ${JSON.stringify(text)}`)
  return stat
}

/** A value in kB of a file such as `smaps_rollup` or `status`, e.g. `Pss`, in bytes; null when the file does not have it. */
export function readKilobytes(text: string, name: string): number | null {
  const [, value] = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text) ?? []
  return value === undefined ? null : Number(value) * 1_024
}

/** A process and all that came from it and still runs, the process first; nothing when it does not run. */
export function treeOf(root: number, all: readonly ProcessStat[]): ProcessStat[] {
  const children = Map.groupBy(all, ({ parent }) => parent)
  const tree = all.filter(({ pid }) => pid === root)
  // Grows while it is walked; nothing is its own ancestor, so it ends.
  for (const { pid } of tree) tree.push(...(children.get(pid) ?? []))
  return tree
}

/** All CPU time of a tree, of what has ended too: each process's time is counted once, by itself or by its parent. */
export function ticksOf(tree: readonly ProcessStat[]): number {
  return tree.reduce((sum, { ownTicks, endedChildrenTicks }) => sum + ownTicks + endedChildrenTicks, 0)
}
