// The first two words of a comment on lines of its own: after `/**` or `/*`, on the same line or the next, or after the first of several `//`.
const OPENING = /(?<=^[ \t]*)(\/\*\*?[ \t]*(?:\n[ \t]*\*[ \t]*)?|(?<!\/\/.*\n[ \t]*)\/\/[ \t]*)(\S+ \S+)/gm

const RIDDLE = /^(?:What|So|Who|Whoever|Whom|Whose|Of|Told|How often)\b/

/**
 * The comments of a source file that open with a relative clause instead of naming their subject.
 * @param file its path from the root, with slashes
 * @param source its text
 */
export function commentFaults(file: string, source: string): string[] {
  return [...source.matchAll(OPENING)].flatMap(({ index, 1: mark = '', 2: words = '' }) => {
    if (!RIDDLE.test(words)) return []
    const line = source.slice(0, index + mark.length).split('\n').length
    return `${file}:${line}: a comment opens with "${words}": begin with its subject and the field's own word, such as "Maximum number of attempts", not "So often it is tried"`
  })
}
