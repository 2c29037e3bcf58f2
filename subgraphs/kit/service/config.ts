// Tested in run.int.test.ts: the test checks the start of a process.

import { z } from 'zod'

/** Settings in the form of an environment. */
export type Settings = Readonly<Record<string, string | undefined>>

const KEY_FORM = '32 bytes in base64url'

/** A key in the settings: 32 bytes in base64url. */
export const keySetting = z
  .string({ error: KEY_FORM })
  .refine((text) => Buffer.from(text, 'base64url').length === 32, { error: KEY_FORM })
  .transform((text) => new Uint8Array(Buffer.from(text, 'base64url')))

/**
 * A whole number from `least` to `most`. An empty string is refused: the variable was left blank by mistake.
 */
export function wholeNumber(most: number, least = 0) {
  const error = `a whole number from ${least} to ${most}`
  return z
    .string({ error })
    .regex(/^\d{1,9}$/, { error })
    .transform(Number)
    .refine((value) => value >= least && value <= most, { error })
}

/** The settings of every subgraph; subgraphs/kit/README.md describes them. */
export const serviceSettings = z.object({
  PORT: wholeNumber(65_535),
  HOST: z.string().default('127.0.0.1'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'a URL that starts with postgresql://' }),
  INTERNAL_TOKEN_KEY: keySetting,
  EVENT_BUS: z
    .string()
    .refine((text) => text === 'none' || (text.startsWith('nats://') && URL.canParse(text)), {
      error: 'none, or nats://host:port',
    })
    .default('none'),
  GATHER_MS: wholeNumber(5_000).default(200),
  DRAIN_SECONDS: wholeNumber(300).default(0),
  OPERATION_SECONDS: wholeNumber(300, 1).default(10),
  STATEMENT_SECONDS: wholeNumber(600, 1).default(15),
  ANSWER_MEGABYTES: wholeNumber(256, 1).default(16),
  ANSWER_FIELDS: wholeNumber(10_000_000, 1_000).default(250_000),
  OPERATIONS_AT_ONCE: wholeNumber(10_000, 1).default(64),
  OPERATIONS_WAITING: wholeNumber(100_000).default(256),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  NODE_ENV: z.enum(['development', 'production', 'test']).default('development'),
})

export class BadSettings extends Error {}

/** Names of settings whose values must not be logged. */
const SECRET = /KEY|SECRET|PASSWORD|TOKEN|URL/

function problemsOf(result: z.ZodSafeParseResult<unknown>, settings: Settings): string[] {
  return (result.error?.issues ?? []).map((issue) => {
    const name = issue.path.join('.')
    if (settings[name] === undefined) return `${name} is not set: ${issue.message}`
    return `${name} is ${SECRET.test(name) ? 'not valid' : JSON.stringify(settings[name])}: ${issue.message}`
  })
}

/**
 * Reads settings once, at start.
 * @throws BadSettings with all problems together, each with name, value (except secrets) and what is allowed.
 */
export function readSettings<S extends z.ZodType>(schema: S, settings: Settings): z.output<S> {
  return readSettingsOfBoth(schema, z.unknown(), settings)[0]
}

/**
 * As `readSettings`, for the settings of every service and those of one subgraph: reports the problems of
 * both together.
 */
export function readSettingsOfBoth<A extends z.ZodType, B extends z.ZodType>(
  first: A,
  second: B,
  settings: Settings,
): [z.output<A>, z.output<B>] {
  const one = first.safeParse(settings, { reportInput: true })
  const other = second.safeParse(settings, { reportInput: true })
  if (one.success && other.success) return [one.data, other.data]
  const problems = new Set([...problemsOf(one, settings), ...problemsOf(other, settings)])
  throw new BadSettings(`the settings are not complete:\n  ${[...problems].join('\n  ')}`)
}

/** The environment of this process. Only this function reads it. */
export function environment(): Settings {
  return process.env
}
