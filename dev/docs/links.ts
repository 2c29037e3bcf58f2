import { existsSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { headingAnchors, linkTargets } from './markdown.ts'

const ABSOLUTE = /^([a-z][a-z0-9+.-]*:|\/\/)/i

/**
 * The broken relative links of a Markdown file. Links to other sites are not followed.
 * @param file its path from `root`; a link that starts with a slash is resolved from `root`, as on GitHub
 * @returns one line per link, with the file and the link
 */
export function linkFaults(root: string, file: string, text: string): string[] {
  return linkTargets(text)
    .filter((target) => !ABSOLUTE.test(target))
    .flatMap((target) => {
      const fault = faultOf(root, file, text, target)
      return fault ? [`${file}: ${target || 'an empty link'} ${fault}`] : []
    })
}

/**
 * The pages that cannot be reached by links from README.md. A link to a folder leads to its README.md.
 * @param pages every Markdown file, by its path from the root
 */
export function unreachablePages(pages: readonly { file: string; text: string }[]): string[] {
  const texts = new Map(pages.map(({ file, text }) => [file, text]))
  const reached = new Set<string>()
  const open = ['README.md']
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    const text = texts.get(file)
    if (text === undefined || reached.has(file)) continue
    reached.add(file)
    const folder = path.posix.dirname(file)
    for (const target of linkTargets(text)) {
      const place = path.posix.join(folder, target.split('#')[0] ?? '')
      open.push(place, path.posix.join(place, 'README.md'))
    }
  }
  return pages.map(({ file }) => file).filter((file) => !reached.has(file))
}

function faultOf(root: string, file: string, text: string, target: string): string | null {
  const [place = '', anchor] = target.split('#')
  if (place === '' && anchor === undefined) return 'names no place'
  const base = place.startsWith('/') ? root : path.join(root, path.dirname(file))
  const whole = place === '' ? path.join(root, file) : path.join(base, decodeURIComponent(place))
  if (path.relative(root, whole).startsWith('..')) return 'leaves the repository'
  if (!existsSync(whole)) return 'does not exist'
  if (anchor === undefined) return null
  if (!whole.endsWith('.md') || statSync(whole).isDirectory())
    return /^L\d/.test(anchor) ? null : 'has no headings'
  const linked = place === '' ? text : readFileSync(whole, 'utf8')
  return headingAnchors(linked).includes(anchor) ? null : 'is no heading of that file'
}
