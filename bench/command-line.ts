import { strictArgs } from '../router/strict-args.ts'
import type { Bench, NumberOption, OtherBench } from './bench.ts'
import { BenchFailure, messageOf } from './failure.ts'

/** The parsed command line: a text to print, or a benchmark to run. */
export type Invocation =
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'other'; readonly bench: OtherBench; readonly args: readonly string[] }
  | {
      readonly kind: 'run'
      readonly bench: Bench
      readonly values: Record<string, number>
      readonly limit: number
      readonly json: string | null
    }

const LIMIT: NumberOption = {
  meaning: 'time limit in seconds',
  default: 180,
  min: 1,
  max: 86_400,
}

/** @throws BenchFailure with the bad argument and what is allowed */
export function readInvocation(
  args: readonly string[],
  benches: readonly (Bench | OtherBench)[],
): Invocation {
  const [name = '--help', ...rest] = args
  if (name === '--help') return { kind: 'help', text: helpOfAll(benches) }
  const bench = benches.find((one) => one.name === name)
  if (!bench)
    throw new BenchFailure(
      `there is no benchmark ${JSON.stringify(name)}: there are ${benches.map((one) => one.name).join(', ')}`,
    )
  if ('main' in bench) return { kind: 'other', bench, args: rest }
  const given = parse(rest, bench)
  if (given.help) return { kind: 'help', text: helpOf(bench) }
  const values = Object.entries(bench.options).map(([option, spec]) => [
    option,
    number(option, given[option], spec),
  ])
  return {
    kind: 'run',
    bench,
    values: Object.fromEntries(values),
    limit: number('limit', given.limit, LIMIT),
    json: typeof given.json === 'string' ? given.json : null,
  }
}

function parse(args: readonly string[], bench: Bench): Record<string, string | boolean | undefined> {
  const names = [...Object.keys(bench.options), 'limit', 'json']
  const strings = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]))
  try {
    return strictArgs(args, { ...strings, help: { type: 'boolean' } }).values
  } catch (error) {
    throw new BenchFailure(
      `${messageOf(error)}: there are ${[...names, 'help'].map((name) => `--${name}`).join(', ')}`,
    )
  }
}

function number(
  option: string,
  text: string | boolean | undefined,
  { default: preset, min, max }: NumberOption,
): number {
  if (text === undefined) return preset
  const value = Number(text)
  if (typeof text !== 'string' || !/^\d+$/.test(text) || value < min || value > max)
    throw new BenchFailure(
      `--${option} ${JSON.stringify(text)} is not allowed: it takes a whole number from ${min} to ${max}`,
    )
  return value
}

const line = (left: string, meaning: string) => `  ${left.padEnd(26)}${meaning}`

function helpOfAll(benches: readonly (Bench | OtherBench)[]): string {
  return [
    'npm run bench -- NAME [options]',
    '',
    ...benches.map(({ name, measures }) => line(name, measures)),
    '',
    'npm run bench -- NAME --help lists the options of one.',
  ].join('\n')
}

function helpOf({ name, measures, options }: Bench): string {
  const numbers = Object.entries({ ...options, limit: LIMIT }).map(([option, { meaning, default: preset }]) =>
    line(`--${option} N`, `${meaning} (default: ${preset})`),
  )
  return [
    `npm run bench -- ${name} [options]`,
    '',
    `Measures ${measures}.`,
    '',
    ...numbers,
    line('--json FILE', 'also write all measured values to a file'),
    line('--help', 'this text'),
  ].join('\n')
}
