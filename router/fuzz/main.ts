import { strictArgs } from '../strict-args.ts'
import { UsageError } from '../usage-error.ts'
import { type Finding, runCampaign } from './run/campaign.ts'
import { minimise } from './run/minimise.ts'
import { reproduction } from './run/reproduction.ts'

const USAGE = `npm run fuzz -- [--cases 10000] [--seed argyle] [--show 5] [--all]
  --show  how many findings to minimise and print
  --all   the expected ones, too`

function wholeNumber(option: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new UsageError(
    `--${option} is ${JSON.stringify(text)}: allowed is a whole number from 0 to 999999999`,
  )
}

/** Number of findings by kind. */
function tally(findings: readonly Finding[]): string {
  const counts = new Map<string, number>()
  for (const { failure, known } of findings) {
    const line = `${failure.executor}: ${failure.kind}${known ? ` (${known})` : ''}`
    counts.set(line, (counts.get(line) ?? 0) + 1)
  }
  return [...counts].map(([line, count]) => `${String(count).padStart(6)}  ${line}`).join('\n')
}

/** One finding of each kind for each executor, with the shortest operation. */
function examples(findings: readonly Finding[]): readonly Finding[] {
  const byKind = new Map<string, Finding>()
  for (const finding of [...findings].sort((one, other) => one.text.length - other.text.length)) {
    const kind = `${finding.failure.executor} ${finding.failure.kind} ${finding.known}`
    if (!byKind.has(kind)) byKind.set(kind, finding)
  }
  return [...byKind.values()]
}

async function main(args: readonly string[]): Promise<void> {
  const { values } = strictArgs(args, {
    cases: { type: 'string', default: '10000' },
    seed: { type: 'string', default: 'argyle' },
    show: { type: 'string', default: '5' },
    all: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  })
  if (values.help) return console.log(USAGE)
  const mostCases = wholeNumber('cases', values.cases)
  const mostShown = wholeNumber('show', values.show)
  const started = performance.now()
  const { cases, worlds, operations, findings } = await runCampaign(values.seed, mostCases)
  const seconds = ((performance.now() - started) / 1_000).toFixed(1)
  const unexpected = findings.filter(({ known }) => known === null)
  console.log(`seed ${values.seed}: ${cases} cases, ${operations} operations, ${worlds} graphs, ${seconds} s`)
  if (findings.length > 0) console.log(tally(findings))
  const shown = examples(values.all ? findings : unexpected).slice(0, mostShown)
  for (const finding of shown) console.log(`\n${reproduction(await minimise(finding))}`)
  console.log(`\n${unexpected.length} unexpected findings`)
  process.exitCode = unexpected.length > 0 ? 1 : 0
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  console.error(error instanceof UsageError ? `${error.message}\n\n${USAGE}` : error)
  process.exitCode = 1
}
