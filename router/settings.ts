import { existsSync } from 'node:fs'
import { parse as parseYaml } from 'yaml'
import { z } from 'zod'
import { LARGE_TEXT } from './json/parse-in-turns.ts'
import { DEFAULT_LIST_SIZE } from './operation/cost/schema-costs.ts'
import { problemAt, quoted } from './quoted.ts'
import {
  bytes,
  cookieName,
  count,
  duration,
  endpointPath,
  origin,
  passedHeader,
  subgraphNames,
} from './settings-formats.ts'
import { readText } from './supergraph/supergraph-yaml.ts'
import { messageOf, UsageError } from './usage-error.ts'

const format = z.strictObject({
  http: z
    .strictObject({
      path: endpointPath.default('/graphql'),
      /** Paths of subgraphs' servers, such as pictures, that clients reach by GET, HEAD and perhaps POST. */
      forward: z
        .array(
          z.strictObject({
            path: z.string().regex(/^\/[\w/-]+\/$/, {
              error: ({ input }) => `${quoted(input)} is not a path of the form /images/`,
            }),
            to: z.string().min(1),
            /** Whether POST is forwarded too, without its body. */
            post: z.boolean().default(false),
          }),
        )
        .max(100)
        .default([]),
      /** Number of our own proxies in front of the router: as many entries of x-forwarded-for are trusted. */
      trusted_proxies: count(0, 10).default(0),
      cors: z
        .strictObject({
          /** Exact origins, or "*"; none by default. */
          origins: z.array(origin).default([]),
          credentials: z.boolean().default(false),
        })
        .refine(({ origins, credentials }) => !credentials || !origins.includes('*'), {
          error: 'credentials need a list of origins, not "*"',
        })
        .prefault({}),
      compression: z
        .strictObject({
          /** Smaller answers are not compressed. */
          above: bytes.prefault('2KB'),
          /** The order of preference among the encodings that a client accepts; none: no compression. */
          encodings: z.array(z.enum(['br', 'gzip'])).default(['br', 'gzip']),
        })
        .prefault({}),
      caching: z
        .strictObject({
          /** Time for which the answer of a GET may be cached; undefined: not at all. */
          time: duration.optional(),
          /** Whether shared caches may store answers to anonymous callers. */
          shared: z.boolean().default(false),
        })
        .prefault({}),
    })
    .prefault({}),
  limits: z
    .strictObject({
      body: bytes.prefault('1MB'),
      headers: bytes.prefault('16KB'),
      /** Time limit for receiving a whole request. */
      receive: duration.prefault('30s'),
      /** Bytes of bodies being received, over all connections. */
      receiving: bytes.prefault('64MB'),
      /**
       * Maximum number of open connections. Beyond it an idle one is closed for a new one, or the new one is
       * closed.
       */
      connections: z
        .strictObject({
          total: count(1, 1_000_000).default(10_000),
          /** Connections of one client address; not applied behind proxies. */
          address: count(1, 1_000_000).default(1_000),
        })
        .prefault({}),
      /** Time limit for a client to read a further part of its answer. */
      send: duration.prefault('30s'),
      /** Unsent bytes of answers. Beyond the limit, the connection with the most is closed. */
      unsent: z
        .strictObject({
          total: bytes.prefault('256MB'),
          /** Bytes of one client address; not applied behind proxies. */
          address: bytes.prefault('64MB'),
        })
        .prefault({}),
      requests: z
        .strictObject({
          /** Maximum number of requests for the endpoint that run concurrently. */
          working: count(1, 100_000).default(2_000),
          /** Maximum number of requests that wait. */
          waiting: count(0, 100_000).default(5_000),
          /** Maximum time for which a request waits. */
          wait: duration.prefault('10s'),
        })
        .prefault({}),
      /** Maximum number of operations in one request; several are sent as a JSON array. */
      batch: count(1, 100).default(1),
      tokens: count(1, 100_000).default(4_000),
      depth: count(1, 200).default(50),
      aliases: count(0, 100_000).default(200),
      root_fields: count(1, 10_000).default(100),
      selections: count(1, 10_000_000).default(20_000),
      /** Maximum number of values in the variables of a request. */
      values: count(1, 1_000_000).default(20_000),
      /** Maximum nesting of lists and objects in the JSON of a request. */
      nesting: count(8, 1_000).default(200),
      /** Demand control by the weights and list sizes of the supergraph. */
      cost: z
        .strictObject({
          /** Maximum cost of one request, which is the sum of its operations. */
          maximum: count(1, 1_000_000_000).default(50_000),
          /** `measure` refuses nothing. */
          mode: z.enum(['enforce', 'measure']).default('enforce'),
          /** Length of a list whose size the schema does not state. */
          list_size: count(0, 10_000).default(DEFAULT_LIST_SIZE),
        })
        .prefault({}),
      time: duration.prefault('15s'),
      /** Requests that are still unanswered this long after the start of a shutdown are aborted. */
      drain: duration.prefault('20s'),
    })
    .prefault({}),
  cache: z
    .strictObject({
      operations: count(1, 1_000_000).default(1_000),
      /** Memory of operations' programs, estimated by their selections. */
      programs: bytes.prefault('64MB'),
      /** Number of operations with generated code, which are the most frequent ones. */
      codes: count(0, 100_000).default(100),
      /** Memory of recorded runs, which are replayed; "0B" turns recording off. */
      recordings: z.union([z.literal('0B').transform(() => 0), bytes]).prefault('8MB'),
      persisted: count(1, 1_000_000).default(10_000),
      /** Characters of cached documents, for each of the two caches. */
      text: bytes.prefault('32MB'),
    })
    .prefault({}),
  fetching: z
    .strictObject({
      time: duration.prefault('5s'),
      /** Size of the variables and representations of one fetch. */
      request: bytes.prefault('4MB'),
      response: bytes.prefault('16MB'),
      /**
       * Objects, lists and scalars of one response. A text shorter than LARGE_TEXT cannot have as many as the
       * minimum of this setting.
       */
      values: count(LARGE_TEXT, 100_000_000).default(2_500_000),
      /** Characters of one string or number of a response, as JSON writes it. */
      scalar: bytes.refine((size) => size >= LARGE_TEXT, { error: 'at least 256KB' }).prefault('4MB'),
      connections: count(1, 10_000).default(128),
      /** Identical queries in flight share one call. */
      sharing: z.boolean().default(true),
      /** Encodings that subgraphs may use for their responses. */
      encodings: z.array(z.enum(['br', 'gzip'])).default([]),
      retries: z
        .strictObject({ percent: count(0, 100).default(10), reserve: count(0, 1_000).default(10) })
        .prefault({}),
      breaker: z
        .strictObject({
          window: duration.prefault('10s'),
          failures: count(1, 1_000_000).default(20),
          percent: count(1, 100).default(50),
          pause: duration.prefault('5s'),
        })
        .prefault({}),
    })
    .prefault({}),
  identity: z
    .strictObject({
      /** Subgraphs whose answer to a mutation may name, by an access token, the reader of its result. */
      readers_from: z.array(z.string().min(1)).max(100).default([]),
    })
    .prefault({}),
  subgraphs: z
    .record(
      z.string(),
      z.strictObject({ url: z.url({ protocol: /^https?$/ }).optional(), time: duration.optional() }),
    )
    .prefault({})
    // A subgraph may have the name of a property that every object inherits.
    .transform((byName) => new Map(Object.entries(byName))),
  headers: z
    .strictObject({
      /** Whether subgraphs get x-forwarded-for. Without it, callers at different addresses share queries. */
      client_address: z.boolean().default(true),
      request: z
        .array(
          z.union([
            z.strictObject({ name: passedHeader, to: subgraphNames.optional() }),
            z.strictObject({ cookie: cookieName, to: subgraphNames.optional() }),
          ]),
        )
        .default([]),
      response: z.array(z.strictObject({ name: passedHeader, from: subgraphNames.optional() })).default([]),
    })
    .prefault({}),
})

/** The settings of `router.yaml`: durations in milliseconds, sizes in bytes, every default filled in. */
export type RouterSettings = z.output<typeof format>
/** The settings as they are written, every part optional. */
export type RouterSettingsInput = z.input<typeof format>

/**
 * Validates settings and fills in the defaults.
 * @param source names their origin, for the message.
 * @throws UsageError with every problem at once.
 */
export function parseSettings(input: unknown, source: string): RouterSettings {
  const parsed = format.safeParse(input ?? {})
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => problemAt(path, message))
    throw new UsageError(`${source} cannot be used:\n  ${problems.join('\n  ')}`)
  }
  const slowest = Math.max(
    parsed.data.fetching.time,
    ...[...parsed.data.subgraphs.values()].map(({ time }) => time ?? 0),
  )
  if (slowest >= parsed.data.limits.time) {
    throw new UsageError(
      `${source} cannot be used:\n  limits.time (${parsed.data.limits.time} ms) must exceed every subgraph's time (${slowest} ms)`,
    )
  }
  return parsed.data
}

/** Reads a `router.yaml`. A missing file gives the defaults, unless it `mustExist`. */
export function readSettings(file: string, mustExist = false): RouterSettings {
  if (!mustExist && !existsSync(file)) return parseSettings({}, file)
  const text = readText(file)
  try {
    return parseSettings(parseYaml(text), file)
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`${file} is not YAML: ${messageOf(error)}`)
  }
}
