import { z } from 'zod'

/** Settings as an environment holds them. */
export type Settings = Readonly<Record<string, string | undefined>>

/** 32 bytes in base64url: what every key in the settings is. */
export const keySetting = z
  .string()
  .refine((text) => Buffer.from(text, 'base64url').length === 32, { error: '32 bytes in base64url' })
  .transform((text) => new Uint8Array(Buffer.from(text, 'base64url')))

/** What every subgraph needs to know. */
export const serviceSettings = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535),
  HOST: z.string().default('127.0.0.1'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'a URL that starts with postgresql://' }),
  INTERNAL_TOKEN_KEY: keySetting,
  EVENT_BUS: z
    .string()
    .refine((text) => text === 'none' || text.startsWith('nats://'), { error: 'none, or nats://host:port' })
    .default('none'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  NODE_ENV: z.enum(['development', 'production', 'test']).default('development'),
})

export class BadSettings extends Error {}

/** Names whose values must not be echoed. */
const SECRET = /KEY|SECRET|PASSWORD|TOKEN|URL/

/**
 * Reads settings once, at start.
 * @throws BadSettings with all problems together, each with its name, value (secrets apart) and what is allowed.
 */
export function readSettings<S extends z.ZodType>(schema: S, settings: Settings): z.output<S> {
  const result = schema.safeParse(settings, { reportInput: true })
  if (result.success) return result.data
  const problems = result.error.issues.map((issue) => {
    const name = issue.path.join('.')
    if (settings[name] === undefined) return `${name} is not set: ${issue.message}`
    return `${name} is ${SECRET.test(name) ? 'not valid' : JSON.stringify(settings[name])}: ${issue.message}`
  })
  throw new BadSettings(`the settings are not complete:\n  ${problems.join('\n  ')}`)
}

/** The environment of this process. The only place that reads it. */
export function environment(): Settings {
  return process.env
}
