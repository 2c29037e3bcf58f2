import { environment } from './config.ts'

/** The number of passes left for each named point before the process dies there. */
function armed(): Map<string, number> {
  const points = (environment().FAILPOINTS ?? '').split(',').filter(Boolean)
  return new Map(
    points.map((point) => {
      const [name = '', count = '1'] = point.split(':')
      return [name.trim(), Number(count)]
    }),
  )
}

const points = armed()

/**
 * A point at which the process can kill itself as by `kill -9`, to test a crash there. The variable
 * FAILPOINTS names points: `outbox.published` dies the first time, `outbox.published:3` the third; several
 * are separated by commas. Off by default.
 */
export function failpoint(name: string): void {
  if (points.size === 0) return
  const left = points.get(name)
  if (left === undefined) return
  if (left > 1) points.set(name, left - 1)
  else process.kill(process.pid, 'SIGKILL')
}
