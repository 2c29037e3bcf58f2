import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'

const NOT_OURS = /(^|\/)(node_modules|generated|\.git|\.data)$|^coverage$|^dev\/new\/template$/

/** Every Markdown file of the repository: its path from the root, with slashes, and its text. */
export function markdownFiles(root: string): { file: string; text: string }[] {
  return globSync('**/*.md', { cwd: root, exclude: (file) => NOT_OURS.test(file) })
    .map((file) => file.split(path.sep).join('/'))
    .sort()
    .map((file) => ({ file, text: readFileSync(path.join(root, file), 'utf8') }))
}

/** The text without code blocks, code spans and comments, in which links do not count. */
export function withoutCode(text: string): string {
  return text
    .replace(/^( *)(`{3,}|~{3,})[^\n]*\n[\s\S]*?^ *\2[`~]*[ \t]*$/gm, '')
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, '``')
}

/**
 * The targets of inline links, images and link definitions, in order; not of autolinks, which are always
 * absolute.
 */
export function linkTargets(text: string): string[] {
  const inline = /\]\(\s*<?([^\s<>()]*(?:\([^\s()]*\)[^\s<>()]*)*)>?(?:\s+["'(][^\n]*?["')])?\s*\)/g
  const definition = /^ {0,3}\[(?!\^)[^\]\n]+\]:\s*<?(\S+?)>?(?:\s|$)/gm
  const prose = withoutCode(text)
  return [inline, definition].flatMap((form) => [...prose.matchAll(form)].map(([, target = '']) => target))
}

/**
 * The anchors that GitHub gives the headings of a text: `## Is it well?` is `is-it-well`, a second one
 * `is-it-well-1`.
 */
export function headingAnchors(text: string): string[] {
  const seen = new Map<string, number>()
  const blocks = text.replace(/^( *)(`{3,}|~{3,})[^\n]*\n[\s\S]*?^ *\2[`~]*[ \t]*$/gm, '')
  return [...blocks.matchAll(/^ {0,3}#{1,6}[ \t]+(.+?)[ \t]*#*$/gm)].map(([, heading = '']) => {
    const anchor = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
      .replaceAll(' ', '-')
    const times = seen.get(anchor) ?? 0
    seen.set(anchor, times + 1)
    return times === 0 ? anchor : `${anchor}-${times}`
  })
}
