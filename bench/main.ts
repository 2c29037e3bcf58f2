import { writeFileSync } from 'node:fs'
import { benches } from './benches.ts'
import { readInvocation } from './command-line.ts'
import { BenchFailure, messageOf } from './failure.ts'
import { Interrupted, live } from './life.ts'
import { machine } from './report/machine.ts'
import { textOf } from './report/table.ts'

/**
 * `npm run bench -- NAME`: runs one benchmark and prints its result. Exit codes: 1 failed, 130 interrupted.
 */
async function main(args: readonly string[]): Promise<void> {
  const wish = readInvocation(args, benches)
  if (wish.kind === 'help') return console.log(wish.text)
  if (wish.kind === 'other') {
    process.exitCode = await wish.bench.main(wish.args)
    return
  }
  const { bench, values, limit, json } = wish
  const started = performance.now()
  const say = (line: string) =>
    console.error(`${((performance.now() - started) / 1_000).toFixed(0).padStart(4)} s  ${line}`)
  const report = await live(limit, say, (life) => bench.run(values, life))
  for (const table of report.tables) console.log(`\n${textOf(table)}`)
  for (const note of report.notes) console.log(`\n${note}`)
  if (json !== null) {
    const content = { benchmark: bench.name, options: values, machine: machine(), ...report.data }
    writeFileSync(json, `${JSON.stringify(content, null, 2)}\n`)
  }
  if (report.failure) throw new BenchFailure(report.failure)
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  const isKnown = error instanceof BenchFailure || error instanceof Interrupted
  console.error(isKnown ? messageOf(error) : error)
  process.exitCode = error instanceof Interrupted ? 130 : 1
}
