/** A fenced block of a page that the reader runs or applies. */
export type Block = { readonly language: 'sh' | 'diff'; readonly text: string }

/** The shell commands and diffs of a page, in order. */
export function blocksOf(page: string): Block[] {
  return [...page.matchAll(/^```(sh|diff)\n([\s\S]*?)^```$/gm)].map(([, language, text = '']) => ({
    // The expression matches these two languages only.
    language: language as Block['language'],
    text,
  }))
}

/** Number of lines that the reader writes: lines added by diffs and lines of here-documents. */
export function linesAdded(blocks: readonly Block[]): number {
  return blocks
    .map(({ language, text }) => {
      if (language === 'diff') return text.match(/^\+(?!\+\+ )/gm)?.length ?? 0
      const written = /<<'(\w+)'\n([\s\S]*?)^\1$/m.exec(text)?.[2] ?? ''
      return written.match(/\n/g)?.length ?? 0
    })
    .reduce((sum, lines) => sum + lines, 0)
}
