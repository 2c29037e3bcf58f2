import path from 'node:path'
import { codeOnly } from './source-text.ts'

const MAX_FILE_LINES = 250
// A table of cases stays readable at lengths at which code does not.
const MAX_TEST_LINES = 400
const vague = ['utils', 'util', 'helpers', 'helper', 'common', 'types', 'index', 'misc', 'shared']
const environmentFiles = ['config.ts', 'prisma.config.ts', 'vitest.config.ts']
// Business words, which the kit must not use.
const business = /\b(cart|coupon|sku|warehouse|shipment|checkout|argyle_[a-z]+)s?\b/i

// A plain object that is used as a table of strings.
const PLAIN_TABLE = /\b(?:const|let) \w+: (?:Readonly<)?Record<string\b[^=]*= \{/
// Files that run in a serving router.
const isServed = (file: string) =>
  /^router\/(?!testing\/|fuzz\/|conformance\/)/.test(file) && !file.endsWith('.test.ts')

// Other words for the bounds of a value.
const SUPERLATIVE =
  /\b(?:MOST|LARGEST|LONGEST|LEAST|SHORTEST|FEWEST)_[A-Z]|\bconst (?:MOST|LARGEST|LONGEST|LEAST|SHORTEST)\b/

type Rule = {
  readonly rule: string
  readonly broken: (file: string, source: string) => boolean
  /** Description of the fault in this source, for the report. */
  readonly found?: (source: string) => string
}

const linesIn = (source: string) => source.trimEnd().split('\n').length

/** The rules for all source files. */
export const houseRules: readonly Rule[] = [
  {
    rule: `a file has at most ${MAX_FILE_LINES} lines, a test ${MAX_TEST_LINES}`,
    broken: (file, source) => linesIn(source) > (file.endsWith('.test.ts') ? MAX_TEST_LINES : MAX_FILE_LINES),
    found: (source) => `${linesIn(source)} lines`,
  },
  {
    rule: 'file names are kebab-case',
    broken: (file) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*\.ts$/.test(path.basename(file)),
  },
  {
    rule: 'a file is named for what is in it',
    broken: (file) => vague.includes(path.basename(file).split('.')[0] ?? ''),
  },
  {
    rule: 'process.env appears only in config.ts',
    broken: (file, source) =>
      /process\.env\b/.test(codeOnly(source)) && !environmentFiles.includes(path.basename(file)),
  },
  {
    rule: 'what the router looks up by a name is a Map, or has no prototype: constructor and toString are names too',
    broken: (file, source) => isServed(file) && PLAIN_TABLE.test(codeOnly(source)),
  },
  {
    rule: 'the name of a bound begins with MAX_ or MIN_',
    broken: (_, source) => SUPERLATIVE.test(codeOnly(source)),
  },
  {
    rule: 'the kit holds no business word',
    broken: (file, source) => /^subgraphs\/kit\/(?!.*\.test\.ts$)/.test(file) && business.test(source),
  },
]

/** The violations in a file, each with its path. */
export function houseFaults(file: string, source: string): string[] {
  return houseRules
    .filter(({ broken }) => broken(file, source))
    .map(({ rule, found }) => (found ? `${file}: ${found(source)}; ${rule}` : `${file}: ${rule}`))
}
