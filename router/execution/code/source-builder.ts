/** Source text in the making. */
export type Source = {
  add(lines: readonly string[]): void
  newName(what: string): string
  /** @returns the name by which the source knows a value that text cannot say. */
  constant(value: unknown): string
  /** @param given what the source knows by name. @param result an expression. */
  run(given: Readonly<Record<string, unknown>>, result: string): unknown
  text(): string
}

/** With more of it, compiling costs more than running can save. */
const MAX_CHARACTERS = 300_000

/** @param tooLong called where there is too much of it. */
export function newSource(tooLong: () => never): Source {
  const lines: string[] = []
  const constants: unknown[] = []
  let length = 0
  let names = 0
  const text = () => lines.join('\n')
  return {
    add(more) {
      for (const line of more) length += line.length
      if (length > MAX_CHARACTERS) tooLong()
      lines.push(...more)
    },
    newName: (what) => `${what}_${names++}`,
    constant(value) {
      return `constants[${constants.push(value) - 1}]`
    },
    run(given, result) {
      const body = `'use strict'\n${text()}\nreturn ${result}`
      // Every name of the schema in it is quoted; values reach it as arguments only.
      const make = new Function('constants', ...Object.keys(given), body)
      return make(constants, ...Object.values(given))
    },
    text,
  }
}
