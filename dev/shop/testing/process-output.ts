import type { ChildProcess } from 'node:child_process'

export type ProcessOutput = {
  /** Everything on stdout and stderr. */
  text(): string
  /**
   * Waits for a text that was or will be printed.
   * @param from number of characters of the output to skip
   * @throws Error with the whole output if the process ends without it
   */
  said(pattern: RegExp, from?: number): Promise<RegExpExecArray>
  /** Settles with the exit code once the process has ended and all of its output has arrived; null after a signal. */
  ended: Promise<number | null>
}

export function outputOf(child: ChildProcess): ProcessOutput {
  let output = ''
  const looks = new Set<() => void>()
  const lookAll = () => {
    for (const look of looks) look()
  }
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (chunk) => {
      output += chunk
      lookAll()
    })
  let hasEnded = false
  // The exit may come before the last output.
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      hasEnded = true
      lookAll()
      resolve(code)
    })
  })
  return {
    text: () => output,
    ended,
    said: (pattern, from = 0) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(output.slice(from))
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
