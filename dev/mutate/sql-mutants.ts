type Change = { readonly kind: string; readonly start: number; readonly end: number; readonly to: string }

const STATEMENT = /\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|ORDER BY|WHERE|FOR UPDATE)\b/

// A clause lasts until the next one, the end of its parenthesis or of the text.
const REST = String.raw`(?:(?!\b(?:LIMIT|FOR UPDATE|FOR SHARE|ORDER BY|GROUP BY|HAVING|RETURNING|UNION|ON CONFLICT|AND|OR|SET|OFFSET)\b)(?:\$\{[^}]*\}|\([^()]*(?:\([^()]*\)[^()]*)*\)|[^()\u0060']|'[^'\n]*'))+`

const RULES: readonly (readonly [pattern: RegExp, to: string])[] = [
  [/\s*\bFOR (?:NO KEY )?(?:UPDATE|SHARE)(?: OF \w+)?(?: SKIP LOCKED)?/g, ''],
  [/\s*\bSKIP LOCKED\b/g, ''],
  [new RegExp(String.raw`\s*\bORDER BY ${REST}`, 'g'), ' '],
  [/\s*\bLIMIT (?:\$\{[^}]*\}|\$\d+|\d+)/g, ''],
  [new RegExp(String.raw`\s*\bAND ${REST}`, 'g'), ' '],
  [
    new RegExp(String.raw`\bWHERE (${REST})(?=$|\u0060|'|RETURNING|ORDER BY|LIMIT|FOR UPDATE)`, 'g'),
    'WHERE true ',
  ],
  [/ DESC\b/g, ' ASC'],
  [/\bDISTINCT\b(?! ON)/g, ''],
  [/ <(?= )/g, ' <='],
  [/ >(?= )/g, ' >='],
]

/** The mutants of a text that contains SQL, with offsets from its start; undefined for other texts. */
export function sqlChanges(text: string): Change[] | undefined {
  if (!STATEMENT.test(text)) return undefined
  return RULES.flatMap(([pattern, to]) =>
    [...text.matchAll(pattern)].map(({ index, 0: found }) => ({
      kind: 'sql',
      start: index,
      end: index + found.length,
      to,
    })),
  )
}
