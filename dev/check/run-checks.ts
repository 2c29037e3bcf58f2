import { inParallel } from '../generate/in-parallel.ts'
import type { Check } from './checks.ts'

/**
 * Runs all checks, two at a time. Prints one line for each when it ends, and all failures at the end.
 * @param print gets each line
 * @returns whether all checks passed
 */
export async function runChecks(checks: readonly Check[], print: (line: string) => void): Promise<boolean> {
  const failures: { name: string; faults: string }[] = []
  await inParallel(
    2,
    checks.map(({ name, run }) => async () => {
      const started = performance.now()
      const faults = await run().catch((error: unknown) => String(error))
      const seconds = ((performance.now() - started) / 1000).toFixed(1)
      print(`${faults ? '✗' : '✓'} ${name} (${seconds} s)`)
      if (faults) failures.push({ name, faults })
    }),
  )
  for (const { name, faults } of failures) print(`\n✗ ${name}\n${faults}`)
  const failed = failures.map(({ name }) => name).join(', ')
  print(failed ? `\nfailed: ${failed}` : `all ${checks.length} checks hold`)
  return failures.length === 0
}
