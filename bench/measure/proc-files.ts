/** One process according to `/proc/PID/stat`. Times are in clock ticks. */
export type ProcessStat = {
  readonly pid: number
  readonly parent: number
  readonly program: string
  /** CPU time of its own threads, user and system. */
  readonly ownTicks: number
  /** CPU time of its children that have ended and were waited for, and of theirs. */
  readonly endedChildrenTicks: number
  /** Start time in ticks since boot; with the pid it identifies the process uniquely. */
  readonly startedAt: number
}

/**
 * Parses `/proc/PID/stat` (proc_pid_stat(5)). The program's name is in parentheses and may itself contain
 * parentheses and spaces.
 * @throws Error for any other text
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

/**
 * A value in kB of a file such as `smaps_rollup` or `status`, e.g. `Pss`, in bytes; null if the file does not
 * have it.
 */
export function readKilobytes(text: string, name: string): number | null {
  const [, value] = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text) ?? []
  return value === undefined ? null : Number(value) * 1_024
}

/** A process and its running descendants, the process first; empty if it does not run. */
export function treeOf(root: number, all: readonly ProcessStat[]): ProcessStat[] {
  const children = Map.groupBy(all, ({ parent }) => parent)
  const tree = all.filter(({ pid }) => pid === root)
  // The list grows during the loop; no process is its own ancestor, so the loop ends.
  for (const { pid } of tree) tree.push(...(children.get(pid) ?? []))
  return tree
}

/**
 * Total CPU time of a process tree, including ended processes: each counts once, by itself or by its parent.
 */
export function ticksOf(tree: readonly ProcessStat[]): number {
  return tree.reduce((sum, { ownTicks, endedChildrenTicks }) => sum + ownTicks + endedChildrenTicks, 0)
}
