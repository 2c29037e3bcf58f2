import { pino } from 'pino'
import { type Router, type RouterOptions, startRouter } from '../router.ts'
import { parseSettings, type RouterSettingsInput } from '../settings.ts'
import { composeSubgraphs } from '../supergraph/compose.ts'
import type { SubgraphSource } from '../supergraph/supergraph-yaml.ts'
import type { Log } from '../telemetry/log.ts'

export type GraphQLAnswer = {
  readonly status: number
  readonly headers: Headers
  readonly data: unknown
  readonly errors: readonly {
    readonly message: string
    readonly path?: readonly (string | number)[]
    readonly locations?: readonly { readonly line: number; readonly column: number }[]
    readonly extensions: Readonly<Record<string, unknown>>
  }[]
}

export type Asking = {
  readonly variables?: Readonly<Record<string, unknown>>
  readonly operationName?: string
  readonly headers?: Readonly<Record<string, string>>
}

export type TestRouter = Router & {
  /** Every line that the router logged. */
  readonly logged: string[]
  ask(query: string, asking?: Asking): Promise<GraphQLAnswer>
}

/** A log whose lines a test can read. */
export function testLog(): { readonly log: Log; readonly logged: string[] } {
  const logged: string[] = []
  return { logged, log: pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) }) }
}

export async function ask(url: string, query: string, asking: Asking = {}): Promise<GraphQLAnswer> {
  const { headers, ...rest } = asking
  const response = await fetch(url, {
    method: 'POST',
    // A closing router waits half a second for requests on keep-alive connections.
    headers: { 'content-type': 'application/json', connection: 'close', ...headers },
    body: JSON.stringify({ query, ...rest }),
  })
  return readAnswer(response)
}

export async function readAnswer(response: Response): Promise<GraphQLAnswer> {
  // Assertions check the shape: a body of another shape fails them.
  const body = (await response.json()) as Partial<Pick<GraphQLAnswer, 'data' | 'errors'>>
  return { status: response.status, headers: response.headers, data: body.data, errors: body.errors ?? [] }
}

/** The supergraph SDL of subgraphs that compose. */
export function composed(sources: readonly SubgraphSource[]): string {
  const result = composeSubgraphs(sources)
  if (result.ok) return result.sdl
  throw new Error(result.problems.map(({ message }) => message).join('\n'))
}

export const EXECUTORS = ['compiled', 'reference'] as const

export type StartOptions = Partial<Omit<RouterOptions, 'settings'>> & {
  readonly settings?: RouterSettingsInput
}

/**
 * Time limits that only a hanging test reaches: subgraphs are often in the process of the test, where other work delays
 * a response past the default of five seconds. Settings with a time limit of their own stay as they are.
 */
export function patient(settings: RouterSettingsInput): RouterSettingsInput {
  const { limits, fetching } = settings
  if (limits?.time !== undefined || fetching?.time !== undefined) return settings
  return { ...settings, limits: { ...limits, time: '55s' }, fetching: { ...fetching, time: '50s' } }
}

/** Starts a router on a free port. */
export async function startTestRouter(
  supergraph: RouterOptions['supergraph'],
  { settings, ...options }: StartOptions = {},
): Promise<TestRouter> {
  const { log, logged } = testLog()
  const router = await startRouter({
    supergraph,
    port: 0,
    log,
    settings: parseSettings(patient(settings ?? {}), 'the test'),
    ...options,
  })
  return { ...router, logged, ask: (query, asking) => ask(router.url, query, asking) }
}
