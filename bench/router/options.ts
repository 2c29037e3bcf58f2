import { strictArgs } from '../../router/strict-args.ts'

export const SCENARIOS = ['one', 'many', 'connections', 'growth', 'cold', 'memory'] as const
export type Scenario = (typeof SCENARIOS)[number]

export type BenchOptions = {
  readonly scenarios: readonly Scenario[]
  /** Parts of contestants' names; those that match run. Empty: all of the scenario. */
  readonly only: readonly string[]
  readonly rounds: number
  readonly seconds: number
  readonly connections: number
  /** Percentage of subgraph responses with other bytes than the last to the same request. */
  readonly changing: number
  /** Duration of the memory scenario. */
  readonly minutes: number
  /** Whether to take CPU profiles of this router under load (scenarios one and cold). */
  readonly profile: boolean
  /** The checkout whose router is measured. */
  readonly product: string
}

export const HELP = `npm run bench -- router [options]

  --scenario NAMES      of ${SCENARIOS.join(', ')}, separated by commas (default: one)
  --only NAMES          parts of names of routers, separated by commas (default: all of the scenario)
  --rounds N            each router is measured so often, in turn with the others (default: 3)
  --seconds N           how long a round of one router is (default: 8)
  --connections N       requests under way at a time (default: 50)
  --changing PERCENT    of the subgraphs' answers are other bytes than the last ones (default: 0)
  --minutes N           how long the memory run is (default: 5)
  --profile             takes a CPU profile of this router after scenario one or cold
  --product FOLDER      the checkout whose router is measured (default: this one)
  --help                this text`

/** @returns null for help. @throws Error with the reason. */
export function parseOptions(args: readonly string[], product: string): BenchOptions | null {
  const { values } = strictArgs(args, {
    scenario: { type: 'string', default: 'one' },
    only: { type: 'string', default: '' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '8' },
    connections: { type: 'string', default: '50' },
    changing: { type: 'string', default: '0' },
    minutes: { type: 'string', default: '5' },
    profile: { type: 'boolean', default: false },
    product: { type: 'string', default: product },
    help: { type: 'boolean', default: false },
  })
  if (values.help) return null
  return {
    scenarios: listed(values.scenario).map(scenarioNamed),
    only: listed(values.only),
    rounds: number('rounds', values.rounds, 1, 50),
    seconds: number('seconds', values.seconds, 0.5, 120),
    connections: number('connections', values.connections, 1, 1_000),
    changing: number('changing', values.changing, 0, 100),
    minutes: number('minutes', values.minutes, 0.1, 120),
    profile: values.profile,
    product: values.product,
  }
}

function scenarioNamed(name: string): Scenario {
  const known = SCENARIOS.find((scenario) => scenario === name)
  if (!known)
    throw new Error(`${JSON.stringify(name)} is not a scenario: allowed are ${SCENARIOS.join(', ')}`)
  return known
}

function listed(text: string): string[] {
  return text.split(',').filter((part) => part !== '')
}

function number(name: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (text !== '' && value >= least && value <= most) return value
  throw new Error(`--${name} ${JSON.stringify(text)} is not a number from ${least} to ${most}`)
}
