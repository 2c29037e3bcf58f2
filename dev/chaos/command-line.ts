import { ShopFailure } from '../shop/start/failure.ts'
import { helpLines, parseOptions, wholeOption } from '../shop/start/option-table.ts'
import { instancesOf } from '../stack/command-line.ts'

const MAX_SEED = 2 ** 31 - 1
const MAX_MINUTES = 24 * 60
const MAX_SHOPPERS = 50
const DEFAULT_SHOPPERS = 16
const MIN_MS = 100
const MAX_MS = 600_000
const DEFAULT_EVERY_MS = 1_200

const OPTIONS = {
  seed: {
    type: 'string',
    value: 'N',
    meaning: 'seed of the faults and the customers (default: random)',
  },
  minutes: {
    type: 'string',
    value: 'M',
    meaning: `duration of the faults, up to ${MAX_MINUTES}; decimals are allowed (default: 1)`,
  },
  instances: { type: 'string', value: 'N', meaning: 'processes of each subgraph (default: 1)' },
  shoppers: {
    type: 'string',
    value: 'N',
    meaning: `number of concurrent customers, 1 to ${MAX_SHOPPERS} (default: ${DEFAULT_SHOPPERS}); every fourth is a guest`,
  },
  every: {
    type: 'string',
    value: 'MS',
    meaning: `mean time between two faults in milliseconds, ${MIN_MS} to ${MAX_MS} (default: ${DEFAULT_EVERY_MS})`,
  },
  keep: {
    type: 'boolean',
    meaning: 'keep the folder with databases and logs, and print its path',
  },
  help: { type: 'boolean', meaning: 'this text' },
} as const

export const HELP = [
  'npm run chaos -- [options]',
  '',
  'Runs the shop as processes on private servers, injects faults while customers buy, waits until it is idle, and checks',
  'every order, unit and amount. docs/chaos.md describes the faults and the checks. The exit code is 1 if a check fails.',
  '',
  ...helpLines(OPTIONS),
].join('\n')

export type ChaosOptions = {
  readonly seed: number
  readonly lengthMs: number
  readonly instances: number
  readonly shoppers: number
  readonly everyMs: number
  readonly keeps: boolean
}

/**
 * Parses the options of `npm run chaos`; null for help.
 * @param anySeed used if none is given
 * @throws ShopFailure with the bad option and what is allowed
 */
export function readCommandLine(args: readonly string[], anySeed: number): ChaosOptions | null {
  const { values } = parseOptions(args, OPTIONS)
  if (values.help) return null
  return {
    seed: wholeOption('seed', values.seed, [0, MAX_SEED], anySeed),
    lengthMs: lengthOf(values.minutes),
    instances: instancesOf(values.instances),
    shoppers: wholeOption('shoppers', values.shoppers, [1, MAX_SHOPPERS], DEFAULT_SHOPPERS),
    everyMs: wholeOption('every', values.every, [MIN_MS, MAX_MS], DEFAULT_EVERY_MS),
    keeps: values.keep ?? false,
  }
}

function lengthOf(text: string | undefined): number {
  if (text === undefined) return 60_000
  const minutes = Number(text)
  if (!/^\d{1,4}(\.\d{1,3})?$/.test(text) || minutes <= 0 || minutes > MAX_MINUTES)
    throw new ShopFailure(
      `--minutes is ${JSON.stringify(text)}: allowed is a number above 0 and up to ${MAX_MINUTES}, such as 0.5`,
    )
  return Math.round(minutes * 60_000)
}
