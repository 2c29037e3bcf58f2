/** A fenced block of a page that a reader carries out. */
export type Block = { readonly language: 'sh' | 'diff'; readonly text: string }

/** The commands and changes of a page, in order. */
export function blocksOf(page: string): Block[] {
  return [...page.matchAll(/^```(sh|diff)\n([\s\S]*?)^```$/gm)].map(([, language, text = '']) => ({
    // The expression lets nothing else in.
    language: language as Block['language'],
    text,
  }))
}

/** The lines that a reader writes: those that the changes add, and what the commands write into files. */
export function linesAdded(blocks: readonly Block[]): number {
  return blocks
    .map(({ language, text }) => {
      if (language === 'diff') return text.match(/^\+(?!\+\+ )/gm)?.length ?? 0
      const written = /<<'(\w+)'\n([\s\S]*?)^\1$/m.exec(text)?.[2] ?? ''
      return written.match(/\n/g)?.length ?? 0
    })
    .reduce((sum, lines) => sum + lines, 0)
}
