import { strictArgs } from './strict-args.ts'
import { messageOf, UsageError } from './usage-error.ts'

/** A `--name VALUE` option, or `--name` if it takes no value. Options without a default may be omitted. */
type Option = { readonly value?: string; readonly meaning: string; readonly default?: string }

/** The values given, by option; '' for one that was left out and has no default, 'true' for one without a value. */
type Values<Name extends string> = Readonly<Record<Name, string>>

/**
 * Reads `--name VALUE` options; prints the list of them and exits on `--help`.
 * @param script the npm script, for the help text.
 * @throws UsageError with the unknown argument and the options that exist.
 */
export function readOptions<Name extends string>(
  script: string,
  args: readonly string[],
  options: Readonly<Record<Name, Option>>,
): Values<Name> {
  // Object.entries widens the keys that the type of the parameter guarantees.
  const entries = Object.entries<Option>(options) as [Name, Option][]
  const values = parse(args, entries)
  if (values.help) {
    console.log(helpOf(script, entries))
    process.exit(0)
  }
  const chosen = entries.map(([name, option]) => [name, String(values[name] ?? option.default ?? '')])
  // One entry per option, by construction.
  return Object.fromEntries(chosen) as Values<Name>
}

function parse(args: readonly string[], entries: readonly [string, Option][]): Record<string, unknown> {
  const known = entries.map(([name, { value }]) => [
    name,
    { type: value === undefined ? ('boolean' as const) : ('string' as const) },
  ])
  try {
    return strictArgs(args, { ...Object.fromEntries(known), help: { type: 'boolean' as const } }).values
  } catch (error) {
    const names = entries.map(usage).join(', ')
    throw new UsageError(`${messageOf(error)}. There are: ${names}, --help`)
  }
}

function usage([name, { value }]: readonly [string, Option]): string {
  return value === undefined ? `--${name}` : `--${name} ${value}`
}

function helpOf(script: string, entries: readonly [string, Option][]): string {
  const lines = entries.map(([name, option]) => {
    const { meaning, default: preset } = option
    return `  ${usage([name, option]).padEnd(24)}${meaning}${preset ? ` (default: ${preset})` : ''}`
  })
  return [`npm run ${script} -- [options]`, '', ...lines, `  ${'--help'.padEnd(24)}this text`].join('\n')
}
