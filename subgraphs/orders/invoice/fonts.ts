// Tested in ../invoice.int.test.ts: the test checks the documents that have them.

import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { brotliDecompress } from 'node:zlib'
import { create } from 'fontkit'

/** A font of `fonts/`, by the name of its file. */
export type FontName = 'noto-sans' | 'noto-sans-arabic' | 'noto-sans-jp' | 'noto-sans-kr' | 'noto-sans-sc'

/** A part of a text in one font. */
export type Run = { readonly font: FontName | null; readonly text: string }

/** Splits texts into runs. `null` as font stands for the standard fonts of PDF. */
export type Typesetter = {
  readonly fonts: ReadonlyMap<FontName, Buffer>
  runsOf(text: string): readonly Run[]
  /** Whether `runsOf` has put a question mark in the place of a character that no font has. */
  isComplete(text: string): boolean
}

type OpenFont = { readonly bytes: Buffer; has(codePoint: number): boolean }

const opened = new Map<FontName, Promise<OpenFont>>()

async function open(name: FontName): Promise<OpenFont> {
  const file = await readFile(new URL(`fonts/${name}.ttf.br`, import.meta.url))
  const bytes = await promisify(brotliDecompress)(file)
  const font = create(bytes)
  return { bytes, has: (codePoint) => font.hasGlyphForCodePoint(codePoint) }
}

/** Opens a font once per process: all of them take 7 MB of memory, and half a second. */
function fontOf(name: FontName): Promise<OpenFont> {
  const known = opened.get(name)
  if (known) return known
  const opening = open(name)
  opened.set(name, opening)
  opening.catch(() => opened.delete(name))
  return opening
}

/** The characters of the standard PDF fonts (Windows-1252). */
const STANDARD = /[\u0020-\u007e\u00a0-\u00ff\u2013\u2014\u2018\u2019\u201c\u201d\u2022\u20ac]/u
const ALL_STANDARD = new RegExp(`^${STANDARD.source}*$`, 'u')
const KANA = /[\p{Script=Hiragana}\p{Script=Katakana}]/u

/**
 * The fonts to try, in order. Han characters have one code point and several national forms: a document with kana,
 * or to Japan, has the Japanese ones.
 */
function candidates(all: string, isJapanese: boolean): FontName[] {
  const isPresent = (pattern: RegExp) => pattern.test(all)
  const han: FontName[] =
    isJapanese || isPresent(KANA) ? ['noto-sans-jp', 'noto-sans-sc'] : ['noto-sans-sc', 'noto-sans-jp']
  return [
    'noto-sans',
    ...(isPresent(/\p{Script=Arabic}/u) ? (['noto-sans-arabic'] as const) : []),
    ...(isPresent(/\p{Script=Hangul}/u) ? (['noto-sans-kr'] as const) : []),
    ...(isPresent(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u30ff\uff00-\uffef]/u)
      ? han
      : []),
  ]
}

/** A similar standard letter, such as one without its marks; null if there is none. */
function similar(sign: string): string | null {
  const plain = sign.normalize('NFKD').replaceAll(/\p{M}/gu, '')
  return plain !== '' && ALL_STANDARD.test(plain) ? plain : null
}

/**
 * Opens the fonts that the texts of a document need; none if the standard fonts have all of its characters.
 */
export async function typesetterFor(texts: readonly string[], isJapanese: boolean): Promise<Typesetter> {
  const all = texts.join('')
  const names = ALL_STANDARD.test(all) ? [] : candidates(all, isJapanese)
  const fonts = await Promise.all(
    names.map(async (name) => {
      const { bytes, has } = await fontOf(name)
      return { name, bytes, has }
    }),
  )

  /** The font and text of a character. A space or mark stays in the font of the characters before it. */
  function set(sign: string, before: FontName | null): Run {
    const has = ({ has: knows }: OpenFont) => knows(sign.codePointAt(0) ?? 0)
    const current = fonts.find(({ name }) => name === before)
    if (current && /^[\s\p{M}]$/u.test(sign) && has(current)) return { font: before, text: sign }
    if (STANDARD.test(sign)) return { font: null, text: sign }
    const found = fonts.find(has)
    if (found) return { font: found.name, text: sign }
    return { font: null, text: similar(sign) ?? '?' }
  }

  function runsOf(text: string): readonly Run[] {
    const runs: Run[] = []
    for (const sign of text) {
      const last = runs.at(-1)
      const next = set(sign, last?.font ?? null)
      if (last?.font === next.font) runs.splice(-1, 1, { ...last, text: last.text + next.text })
      else runs.push(next)
    }
    return startsRightToLeft(text) ? runs.reverse() : runs
  }

  return {
    fonts: new Map(fonts.map(({ name, bytes }) => [name, bytes])),
    runsOf,
    isComplete: (text) => [...text].every((sign) => sign === '?' || set(sign, null).text !== '?'),
  }
}

/** Whether the first letter is of a script from right to left, and with it the line. */
function startsRightToLeft(text: string): boolean {
  const letter = /\p{L}/u.exec(text)?.[0]
  return letter !== undefined && /\p{Script=Arabic}/u.test(letter)
}
