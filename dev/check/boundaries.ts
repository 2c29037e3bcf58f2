import path from 'node:path'
import { importsOf } from './source-text.ts'

/** Files of `router/` that every folder of it may import. */
const ROUTER_BASICS = ['quoted', 'request-context', 'settings', 'shortened', 'usage-error'].map(
  (name) => `router/${name}.ts`,
)

/**
 * The folders of the router that each folder may import, beside itself, `json/` and the basics. A request goes from left to
 * right: http, operation, planning, execution, fetching, http-client. No two folders import each other.
 */
export const ROUTER_FOLDERS: Readonly<Record<string, readonly string[]>> = {
  json: [],
  telemetry: [],
  'http-client': [],
  security: ['http-client', 'telemetry'],
  supergraph: ['security', 'telemetry'],
  operation: ['supergraph', 'security'],
  planning: ['operation'],
  fetching: ['http-client', 'security', 'telemetry'],
  execution: ['planning', 'operation', 'fetching', 'http-client', 'security', 'supergraph'],
  http: ['planning', 'operation', 'fetching', 'security', 'telemetry', 'serving.ts'],
  reference: [
    'http',
    'execution',
    'planning',
    'operation',
    'fetching',
    'http-client',
    'security',
    'supergraph',
    'telemetry',
    'serving.ts',
  ],
  process: ['telemetry', 'router.ts'],
}

/**
 * Allowed imports between areas; the first row whose `area` matches the file applies. `*` is the name of one
 * subgraph.
 */
export const directions: readonly { area: RegExp; may: (name: string) => readonly string[]; rule: string }[] =
  [
    ...Object.entries(ROUTER_FOLDERS).map(([folder, others]) => ({
      area: new RegExp(`^router/${folder}/(?!.*\\.test\\.ts$)`),
      may: () => [...[folder, 'json', ...others].map((name) => `router/${name}`), ...ROUTER_BASICS],
      rule: `router/${folder} may import only ${[...others, 'json'].join(', ')} and the basics of the router`,
    })),
    { area: /^router\//, may: () => ['router'], rule: 'the router imports nothing of the subgraphs' },
    { area: /^subgraphs\/kit\//, may: () => ['subgraphs/kit'], rule: 'the kit imports no subgraph' },
    {
      area: /^subgraphs\/payments\/sandbox-gateway\//,
      may: () => ['subgraphs/payments/sandbox-gateway', 'subgraphs/kit'],
      rule: 'the sandbox gateway imports nothing of payments',
    },
    {
      area: /^subgraphs\/([^/]+)\//,
      may: (name) => [`subgraphs/${name}`, 'subgraphs/kit'],
      rule: 'a subgraph imports only the kit and its own files',
    },
  ]

// Siblings share data: schemas and sample events, read as files.
const data = /\.(json|graphql|sql|toml)$/

/**
 * The imports of a source file that break the direction of dependencies.
 * @param file its path from the root, with slashes
 * @param source its text
 */
export function boundaryFaults(file: string, source: string): string[] {
  const row = directions.find(({ area }) => area.test(file))
  if (!row) return []
  const allowed = row.may(row.area.exec(file)?.[1] ?? '')
  return importsOf(source)
    .filter((specifier) => !data.test(specifier))
    .filter((specifier) => {
      const target = targetOf(file, specifier)
      return target !== undefined && !allowed.some((area) => target === area || target.startsWith(`${area}/`))
    })
    .map((specifier) => `${file} imports ${specifier}: ${row.rule}`)
}

/** The path from the root that a specifier refers to; undefined for third-party packages. */
function targetOf(file: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return path.posix.join(path.posix.dirname(file), specifier)
  const own = /^@argyle\/([^/]+)\/?(.*)$/.exec(specifier)
  if (!own) return undefined
  const [, name, rest] = own
  return name === 'router' ? `router/${rest}` : `subgraphs/${name}/${rest}`
}
