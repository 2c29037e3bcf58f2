import type { GeneratedText } from './code/generate-code.ts'
import { Unsuitable } from './code/object-shapes.ts'

/** The generated code of a frequent operation, or the reason why there is none. */
export function explainCode(generate: () => GeneratedText, hasCode: boolean): string {
  try {
    const { source } = generate()
    if (!hasCode) return 'program: on JSON text'
    const lines = source.split('\n')
    return ['program: on JSON text, by', ...lines.map((line) => `  ${line}`)].join('\n')
  } catch (error) {
    if (error instanceof Unsuitable) return `program: on parsed JSON, since ${error.message}`
    throw error
  }
}
