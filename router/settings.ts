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
      /** Paths of subgraphs' own servers that clients reach through the router, such as pictures: GET and HEAD, and POST where said. */
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
      /** How many proxies of ours stand before the router: that many entries of x-forwarded-for are believed. */
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
          /** Smaller answers go as they are. */
          above: bytes.prefault('2KB'),
          /** The router's preference among what a client takes; none: nothing is compressed. */
          encodings: z.array(z.enum(['br', 'gzip'])).default(['br', 'gzip']),
        })
        .prefault({}),
      caching: z
        .strictObject({
          /** How long the answer of a GET may be kept; left out: not at all. */
          time: duration.optional(),
          /** Whether caches that many clients share may keep answers to anonymous callers. */
          shared: z.boolean().default(false),
        })
        .prefault({}),
    })
    .prefault({}),
  limits: z
    .strictObject({
      body: bytes.prefault('1MB'),
      headers: bytes.prefault('16KB'),
      /** For a whole request to arrive. */
      receive: duration.prefault('30s'),
      /** Bytes of bodies being received, over all connections. */
      receiving: bytes.prefault('64MB'),
      /** Open connections: past a bound an idle one makes room, or the new one is closed. */
      connections: z
        .strictObject({
          total: count(1, 1_000_000).default(10_000),
          /** Connections of one client address; not applied behind proxies. */
          address: count(1, 1_000_000).default(1_000),
        })
        .prefault({}),
      /** For a client to take a further part of its answer. */
      send: duration.prefault('30s'),
      /** Unsent bytes of answers. Past a bound, the connection with the most is closed. */
      unsent: z
        .strictObject({
          total: bytes.prefault('256MB'),
          /** Bytes of one client address; not applied behind proxies. */
          address: bytes.prefault('64MB'),
        })
        .prefault({}),
      requests: z
        .strictObject({
          /** Requests for the endpoint in work at a time. */
          working: count(1, 100_000).default(2_000),
          /** Requests that wait for that. */
          waiting: count(0, 100_000).default(5_000),
          /** For one to wait. */
          wait: duration.prefault('10s'),
        })
        .prefault({}),
      /** Operations in one request; more than one are sent as a JSON array. */
      batch: count(1, 100).default(1),
      tokens: count(1, 100_000).default(4_000),
      depth: count(1, 200).default(50),
      aliases: count(0, 100_000).default(200),
      root_fields: count(1, 10_000).default(100),
      selections: count(1, 10_000_000).default(20_000),
      /** In the variables of a request. */
      values: count(1, 1_000_000).default(20_000),
      /** Lists and objects within each other in the JSON of a request. */
      nesting: count(8, 1_000).default(200),
      /** Demand control, by the weights and list sizes of the supergraph. */
      cost: z
        .strictObject({
          /** Maximum cost of one request: the sum of its operations. */
          maximum: count(1, 1_000_000_000).default(50_000),
          /** `measure` refuses nothing. */
          mode: z.enum(['enforce', 'measure']).default('enforce'),
          /** The length of a list whose size the schema does not tell. */
          list_size: count(0, 10_000).default(DEFAULT_LIST_SIZE),
        })
        .prefault({}),
      time: duration.prefault('15s'),
      /** Requests that are still unanswered this long after closing began are aborted. */
      drain: duration.prefault('20s'),
    })
    .prefault({}),
  cache: z
    .strictObject({
      operations: count(1, 1_000_000).default(1_000),
      /** Memory of their programs, estimated by their selections. */
      programs: bytes.prefault('64MB'),
      /** Operations with code of their own: those that come most often. */
      codes: count(0, 100_000).default(100),
      /** Memory of recorded runs, which are replayed; "0B" records none. */
      recordings: z.union([z.literal('0B').transform(() => 0), bytes]).prefault('8MB'),
      persisted: count(1, 1_000_000).default(10_000),
      /** Characters of the documents kept, for each of the two caches. */
      text: bytes.prefault('32MB'),
    })
    .prefault({}),
  fetching: z
    .strictObject({
      time: duration.prefault('5s'),
      /** Size of the variables and representations of one fetch. */
      request: bytes.prefault('4MB'),
      response: bytes.prefault('16MB'),
      /** Objects, lists and scalars of one response. A text shorter than LARGE_TEXT cannot have as many as the least value allowed here. */
      values: count(LARGE_TEXT, 100_000_000).default(2_500_000),
      /** Characters of one string or number of a response, as JSON writes it. */
      scalar: bytes.refine((size) => size >= LARGE_TEXT, { error: 'at least 256KB' }).prefault('4MB'),
      connections: count(1, 10_000).default(128),
      /** Identical queries in flight are one. */
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
      /** Subgraphs whose answer to a mutation may say, by an access token, who reads what it returned. */
      readers_from: z.array(z.string().min(1)).max(100).default([]),
    })
    .prefault({}),
  subgraphs: z
    .record(
      z.string(),
      z.strictObject({ url: z.url({ protocol: /^https?$/ }).optional(), time: duration.optional() }),
    )
    .prefault({})
    // A subgraph may have the name of something that every object has.
    .transform((byName) => new Map(Object.entries(byName))),
  headers: z
    .strictObject({
      /** Whether subgraphs get x-forwarded-for; without it, callers from several addresses share queries. */
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
/** The same as it is written, every part optional. */
export type RouterSettingsInput = z.input<typeof format>

/**
 * Checks settings and fills in the defaults.
 * @param source names where they come from, for the message.
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

/** Reads a `router.yaml`; one that is not there gives the defaults, unless it `mustExist`. */
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
