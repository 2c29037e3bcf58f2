import { strictArgs } from '../../../router/strict-args.ts'
import { messageOf } from '../../../router/usage-error.ts'
import { ShopFailure } from './failure.ts'

/** The options of a command: what `parseArgs` takes, and what the help text says. */
type OptionTable = Readonly<
  Record<
    string,
    {
      readonly type: 'string' | 'boolean'
      readonly multiple?: boolean
      /** Name of the value in the help text; options without a value have none. */
      readonly value?: string
      readonly meaning: string
    }
  >
>

/** The lines of the help text, one for each option. */
export function helpLines(options: OptionTable): string[] {
  const forms = Object.entries(options).map(([name, { value = '', meaning }]) => ({
    form: `--${name} ${value}`.trimEnd(),
    meaning,
  }))
  const width = Math.max(...forms.map(({ form }) => form.length)) + 2
  return forms.map(({ form, meaning }) => `  ${form.padEnd(width)}${meaning}`)
}

// Commas as in the other messages: "--a, --b and --c".
const LIST = new Intl.ListFormat('en-GB')

/**
 * Parses a command line. @param allowPositionals whether words other than options are allowed
 * @throws ShopFailure with what is wrong and the options that exist
 */
export function parseOptions<const Options extends OptionTable>(
  args: readonly string[],
  options: Options,
  allowPositionals = false,
) {
  try {
    return strictArgs(args, options, allowPositionals)
  } catch (error) {
    throw new ShopFailure(
      `${messageOf(error)}: ${Object.keys(options).length === 1 ? 'there is' : 'there are'} ${LIST.format(Object.keys(options).map((name) => `--${name}`))}`,
    )
  }
}

/** @throws ShopFailure unless the text is a whole number within the bounds */
export function wholeOption(
  option: string,
  text: string | undefined,
  [least, most]: readonly [number, number],
  preset: number,
): number {
  if (text === undefined) return preset
  const value = Number(text)
  if (/^\d{1,10}$/.test(text) && value >= least && value <= most) return value
  throw new ShopFailure(
    `--${option} is ${JSON.stringify(text)}: allowed is a whole number from ${least} to ${most}`,
  )
}

/**
 * Reads the command line of a command without options; null for help.
 * @throws ShopFailure for any other argument
 */
export function readNoOptions(args: readonly string[]): object | null {
  const { values } = parseOptions(args, { help: { type: 'boolean', meaning: 'this text' } })
  return values.help ? null : {}
}
