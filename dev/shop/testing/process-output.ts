import type { ChildProcess } from 'node:child_process'

export type ProcessOutput = {
  /** Everything on stdout and stderr. */
  text(): string
  /**
   * Waits for a text that was or will be printed.
   * @param from number of characters of the output to skip
   * @throws Error with the whole output if the process ends before
   */
  said(pattern: RegExp, from?: number): Promise<RegExpExecArray>
}

export function outputOf(child: ChildProcess): ProcessOutput {
  let output = ''
  const looks = new Set<() => void>()
  const lookAll = () => {
    for (const look of looks) look()
  }
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      output += chunk
      lookAll()
    })
  child.once('exit', lookAll)
  return {
    text: () => output,
    said: (pattern, from = 0) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(output.slice(from))
          const hasEnded = child.exitCode !== null || child.signalCode !== null
          if (!match && !hasEnded) return
          looks.delete(look)
          if (match) resolve(match)
          else reject(new Error(`it ended:\n${output}`))
        }
        looks.add(look)
        look()
      }),
  }
}
