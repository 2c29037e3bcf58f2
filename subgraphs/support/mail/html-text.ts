/** Elements whose content is not text. */
const SKIPPED = new Set(['script', 'style', 'head', 'title', 'template', 'noscript'])
/** Elements that begin a line. */
const BLOCKS = /^(?:p|div|br|tr|li|ul|ol|table|h[1-6]|blockquote|hr|section|article|header|footer|pre)$/
const ENTITIES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', euro: '€', hellip: '…' },
    ...{ ndash: '–', mdash: '—', rsquo: '’', lsquo: '‘', rdquo: '”', ldquo: '“', bdquo: '„' },
    ...{ auml: 'ä', ouml: 'ö', uuml: 'ü', Auml: 'Ä', Ouml: 'Ö', Uuml: 'Ü', szlig: 'ß', eacute: 'é' },
  }),
)
/** Maximum number of characters of HTML that are read. */
const MAX_READ = 500_000

function decoded(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,8}));/gi, (whole, dec, hex, name) => {
    if (name) return ENTITIES.get(name) ?? whole
    const code = dec ? Number(dec) : Number.parseInt(hex, 16)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : ''
  })
}

/** The text of HTML, in one pass over it. Quotations are marked by `>`, as in plain text. */
export function textOfHtml(html: string): string {
  const source = html.slice(0, MAX_READ)
  const parts: string[] = []
  let skipped: string | null = null
  let quoted = 0
  for (let at = 0; at < source.length; ) {
    const open = source.indexOf('<', at)
    const end = open < 0 ? source.length : open
    if (!skipped && end > at) parts.push(decoded(source.slice(at, end).replace(/\s+/g, ' ')))
    if (open < 0) break
    const isComment = source.startsWith('<!--', open)
    const close = source.indexOf(isComment ? '-->' : '>', open)
    if (close < 0) break
    const [, slash = '', raw = ''] = /^<(\/?)([a-z][a-z\d]{0,15})/i.exec(source.slice(open, open + 20)) ?? []
    const name = raw.toLowerCase()
    if (skipped) {
      if (slash && name === skipped) skipped = null
    } else if (SKIPPED.has(name) && !slash) skipped = name
    else if (BLOCKS.test(name)) {
      if (name === 'blockquote') quoted = Math.max(0, quoted + (slash ? -1 : 1))
      parts.push(`\n${'>'.repeat(Math.min(quoted, 5))}`)
    }
    at = close + (isComment ? 3 : 1)
  }
  return parts
    .join('')
    .split('\n')
    .map((line) => line.trim())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}
