import { codeOnly } from './source-text.ts'

type Source = { readonly file: string; readonly source: string }

const DECLARATION =
  /^(export )?(?:declare )?(?:abstract )?(?:async )?(?:const|let|function\*?|class|type|interface|enum) ([A-Za-z_$][\w$]*)/gm

// The router, the benchmarks and the chaos runs are not renamed yet.
const EXEMPT = /^(?:router|bench|dev\/chaos)\/|\/generated\/|^dev\/(?:new\/template|mutate\/fixture)\//

/** Utility types and interfaces of TypeScript's lib that are not values of the platform. */
const LIB_TYPES =
  'ArrayLike AsyncGenerator AsyncIterable AsyncIterator Awaited Capitalize Disposable Exclude Extract Generator InstanceType ' +
  'Iterable IteratorResult Lowercase NonNullable Omit Parameters Partial Pick PromiseLike PropertyKey Readonly ' +
  'ReadonlyArray ReadonlyMap ReadonlySet Record Required ReturnType TemplateStringsArray Uncapitalize Uppercase'

/** Interfaces of the web platform that Node does not have. */
const WEB_TYPES =
  'Animation Attr BodyInit Cache Client Clients Clipboard Comment Credential Document Element ErrorEvent FontFace HeadersInit History ' +
  'Image Location Lock LockManager Node NodeList Notification Observable Option Permissions Plugin Range Report ' +
  'RequestInit ResponseInit Scheduler Screen Selection Subscriber Text TextTrack Touch Window Worker'

const PLATFORM = new Set([
  ...Object.getOwnPropertyNames(globalThis),
  ...`${LIB_TYPES} ${WEB_TYPES}`.split(' '),
])

/** Names for the same purpose in each module of a kind, by the modules that may export them. */
const SAME_PURPOSE: readonly { readonly names: readonly string[]; readonly files: RegExp }[] = [
  // docs/subgraphs.md: the definition of each subgraph, and the client inside its transactions.
  { names: ['Resources', 'Context', 'Tx'], files: /^subgraphs\// },
  // A rule: decides events from a state and an input, and applies an event to a state.
  { names: ['decide', 'evolve'], files: /^subgraphs\// },
  // The two halves of the saga's model.
  { names: ['World', 'heal', 'keyOf'], files: /^subgraphs\/orders\/saga\/model\// },
  // The adapters of a payment gateway.
  { names: ['partsOf', 'refusalOf', 'snapshotFrom'], files: /^subgraphs\/payments\/gateway\// },
  // The command line of a program.
  {
    names: ['CommandLine', 'HELP', 'MisuseError', 'readCommandLine', 'readRequest', 'usage'],
    files: /^dev\//,
  },
]

/** Programs in the folder of another program: their names do not clash. */
const PROGRAM = /^subgraphs\/(?:payments\/sandbox-gateway|shipping\/simulated-carrier)\//

/**
 * The part of the repository within which an exported name has one meaning: a subgraph, a program in its
 * folder, or `dev`. The kit belongs to all of them.
 */
function areaOf(file: string): string {
  return PROGRAM.exec(file)?.[0] ?? /^subgraphs\/[^/]+\//.exec(file)?.[0] ?? /^[^/]+\//.exec(file)?.[0] ?? ''
}

const KIT = 'subgraphs/kit/'

/** The names that a file declares at the top level. */
function declaredIn({ file, source }: Source) {
  return [...codeOnly(source).matchAll(DECLARATION)].map(([, exported, name = '']) => {
    return { file, name, isExported: exported !== undefined }
  })
}

/**
 * Top-level names that hide a name of the platform, and exported names that two modules of one area declare.
 * @param sources all source files of the repository
 */
export function nameFaults(sources: readonly Source[]): string[] {
  const declared = sources.filter(({ file }) => !EXEMPT.test(file)).flatMap(declaredIn)
  const hiding = declared
    .filter(({ name }) => PLATFORM.has(name))
    .map(({ file, name }) => `${file}: ${name} hides a name of TypeScript or the web platform`)
  const exported = declared.filter(({ file, isExported }) => isExported && !file.endsWith('.test.ts'))
  const ambiguous = [...Map.groupBy(exported, ({ name }) => name)].flatMap(([name, places]) => {
    const files = [...new Set(places.map(({ file }) => file))].sort()
    return clashesOf(name, files)
  })
  return [...hiding, ...ambiguous]
}

function clashesOf(name: string, files: readonly string[]): string[] {
  const areas = Map.groupBy(files, areaOf)
  const kit = areas.get(KIT) ?? []
  return [...areas].flatMap(([area, own]) => {
    const together = area === KIT ? own : [...kit, ...own]
    const isSame = SAME_PURPOSE.some(
      (row) => row.names.includes(name) && together.every((file) => row.files.test(file)),
    )
    if (together.length < 2 || isSame) return []
    return [`${name}: ${together.join(' and ')} export it with two meanings: rename one`]
  })
}
