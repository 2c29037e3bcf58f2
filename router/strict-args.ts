import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { messageOf, UsageError } from './usage-error.ts'

type Token = {
  readonly kind: string
  readonly name?: string
  readonly value?: string | boolean | undefined
}

/**
 * Parses a command line strictly: like `parseArgs`, but no option may occur twice unless it is `multiple`,
 * and no value may be empty.
 * @param allowPositionals whether words other than options are allowed
 * @throws UsageError with the invalid argument; the caller adds the existing options
 */
export function strictArgs<const Options extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: Options,
  allowPositionals = false,
) {
  const { tokens, ...parsed } = parsedStrictly(args, options, allowPositionals)
  const given = (tokens as readonly Token[]).filter(({ kind }) => kind === 'option')
  for (const [name, { multiple }] of Object.entries(options)) {
    const values = given.filter((token) => token.name === name).map(({ value }) => value)
    if (values.includes('')) throw new UsageError(`Option '--${name}' is "": it needs a value`)
    if (values.length > 1 && !multiple)
      throw new UsageError(`Option '--${name}' is given more than once${echoOf(values)}`)
  }
  return parsed
}

const echoOf = (values: readonly unknown[]) =>
  values.some((value) => value !== undefined)
    ? `: ${values.map((value) => JSON.stringify(value)).join(', ')}`
    : ''

function parsedStrictly<const Options extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: Options,
  allowPositionals: boolean,
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals, tokens: true })
  } catch (error) {
    const message = messageOf(error)
    const [, name = ''] = /'(?:-\w, )?--([^ ']+)/.exec(message) ?? []
    if (/is ambiguous/.test(message)) {
      const value = args.find((arg, place) => args[place - 1] === `--${name}` && /^-./.test(arg))
      throw new UsageError(
        `Option '--${name}' needs a value; one that begins with a dash is written --${name}=${value}`,
      )
    }
    if (/argument missing/.test(message)) throw new UsageError(`Option '--${name}' needs a value`)
    if (/does not take an argument/.test(message))
      throw new UsageError(
        `Option '--${name}' takes no value, and is ${JSON.stringify(inlineValueOf(args, name))}`,
      )
    const [sentence = ''] = message.split('. ')
    throw new UsageError(sentence)
  }
}

const inlineValueOf = (args: readonly string[], name: string) =>
  args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3)
