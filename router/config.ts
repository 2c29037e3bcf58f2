import { availableParallelism } from 'node:os'
import { z } from 'zod'
import { readOptions } from './command-line.ts'
import { oneLine, quoted } from './quoted.ts'
import type { RouterOptions } from './router.ts'
import { readSettings } from './settings.ts'
import { type Log, openLog } from './telemetry/log.ts'
import { UsageError } from './usage-error.ts'

const environment = z
  .object({
    SUPERGRAPH: z.string().min(1).default('./supergraph.yaml'),
    PORT: z
      .string()
      .default('4000')
      .refine((text) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535, {
        error: ({ input }) => `${quoted(input)} is not a port: 0 to 65535`,
      })
      .transform(Number),
    HOST: z.string().min(1).default('127.0.0.1'),
    INTERNAL_TOKEN_MASTER_KEY: z
      .string()
      .refine((text) => Buffer.from(text, 'base64url').length === 32, {
        error: 'must be 32 bytes in base64url',
      })
      .transform((text) => new Uint8Array(Buffer.from(text, 'base64url')))
      .optional(),
    JWKS_URL: z.url({ protocol: /^https?$/, error: 'must be an http(s) URL' }).optional(),
    ACCESS_TOKEN_ISSUER: z.string().min(1).optional(),
    ACCESS_TOKEN_AUDIENCE: z.string().min(1).optional(),
    LOG_LEVEL: z
      .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
        error: ({ input }) => `${quoted(input)} is none of fatal, error, warn, info, debug, trace, silent`,
      })
      .default('info'),
    WORKERS: z
      .string()
      .refine((text) => text === 'auto' || (/^\d{1,3}$/.test(text) && Number(text) > 0), {
        error: ({ input }) => `${quoted(input)} is neither a number of processes nor "auto"`,
      })
      .transform((text) => (text === 'auto' ? availableParallelism() : Number(text)))
      .optional(),
    EXECUTOR: z.enum(['compiled', 'reference'], {
      error: ({ input }) => `${quoted(input)} is neither compiled nor reference`,
    }),

    NODE_ENV: z.enum(['development', 'production', 'test']).catch('development').default('development'),
  })
  .superRefine((values, context) => {
    const needed = ['JWKS_URL', 'ACCESS_TOKEN_ISSUER', 'ACCESS_TOKEN_AUDIENCE'] as const
    const missing = needed.filter((name) => values[name] === undefined)
    if (missing.length === 0 || missing.length === needed.length) return
    context.addIssue({
      code: 'custom',
      path: [missing.join(', ')],
      message: `must be set too: ${needed.join(', ')} go together`,
    })
  })

export type RouterConfig = RouterOptions & {
  /** How many processes share the port; null: this one serves. */
  readonly workers: number | null
  /** A file of operations to explain instead of serving; null: none. */
  readonly explain: string | null
  /** Whether the generated code is explained too. */
  readonly hasCode: boolean
  readonly log: Log
}

/**
 * The router's options from the command line, the environment and `router.yaml`, in this order of precedence.
 * @throws UsageError with every problem of the environment at once, or of the settings file.
 */
export function readConfig(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = process.env,
): RouterConfig {
  const options = readOptions('router', args, {
    supergraph: {
      value: 'FILE',
      meaning: 'a supergraph SDL, or a supergraph.yaml to compose (default: ./supergraph.yaml)',
    },
    port: { value: 'N', meaning: 'port to listen on; 0: any free port (default: 4000)' },
    host: { value: 'ADDRESS', meaning: 'address to listen on (default: 127.0.0.1)' },
    config: { value: 'FILE', meaning: 'settings (default: ./router.yaml, if it exists)' },
    workers: {
      value: 'N',
      meaning: 'number of processes that share the port, or "auto": one per core (default: 1, this process)',
    },
    executor: { value: 'NAME', meaning: 'compiled, or reference: @apollo/gateway', default: 'compiled' },
    explain: { value: 'FILE', meaning: 'print the query plans of the operations in FILE, then exit' },
    code: { meaning: 'with --explain: also print the generated code' },
  })
  if (options.code && !options.explain) throw new UsageError('--code needs --explain FILE')
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const chosen = {
    ...given,
    ...(options.supergraph && { SUPERGRAPH: options.supergraph }),
    ...(options.port && { PORT: options.port }),
    ...(options.host && { HOST: options.host }),
    ...(options.workers && { WORKERS: options.workers }),
    EXECUTOR: options.executor,
  }
  const parsed = environment.safeParse(chosen)
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      ({ path, message }) => `${placeOf(path.join('.'), options)}: ${oneLine(message)}`,
    )
    throw new UsageError(`The router cannot start:\n  ${problems.join('\n  ')}`)
  }
  const { SUPERGRAPH, PORT, HOST, JWKS_URL, ACCESS_TOKEN_ISSUER, ACCESS_TOKEN_AUDIENCE, ...rest } =
    parsed.data
  const isVerifying = JWKS_URL && ACCESS_TOKEN_ISSUER && ACCESS_TOKEN_AUDIENCE
  return {
    supergraph: { file: SUPERGRAPH },
    port: PORT,
    host: HOST,
    settings: readSettings(options.config || './router.yaml', options.config !== ''),
    accessTokens: isVerifying
      ? { jwksUrl: JWKS_URL, issuer: ACCESS_TOKEN_ISSUER, audience: ACCESS_TOKEN_AUDIENCE }
      : undefined,
    internalTokenMasterKey: rest.INTERNAL_TOKEN_MASTER_KEY,
    production: rest.NODE_ENV === 'production',
    executor: rest.EXECUTOR,
    workers: rest.WORKERS ?? null,
    explain: options.explain || null,
    hasCode: options.code === 'true',
    log: openLog(rest.LOG_LEVEL),
  }
}

/** The option that gave a variable's value, else the variable. */
function placeOf(variable: string, options: Readonly<Record<string, string>>): string {
  const option = variable.toLowerCase()
  return options[option] ? `--${option}` : variable
}
