// TypeScript 7 has no compiler API, and type imports, which stripping would remove, count too.
const forms = [
  /\b(?:import|export)\b[^'";()]*?\bfrom\s*(['"])(.+?)\1/g,
  /^\s*import\s*(['"])(.+?)\1/gm,
  /\bimport\(\s*(['"])(.+?)\1/g,
  /\bvi\.mock\(\s*(['"])(.+?)\1/g,
]

/** The module specifiers of a TypeScript source's imports and exports, including types. */
export function importsOf(source: string): string[] {
  const code = withoutComments(source)
  return forms.flatMap((form) => [...code.matchAll(form)].map(([, , specifier = '']) => specifier))
}

/** The source without comments that are on lines of their own. */
export function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
}

/** The source without its comments and the contents of its quoted strings. */
export function codeOnly(source: string): string {
  return withoutComments(source).replace(/'[^'\n]*'/g, "''")
}
