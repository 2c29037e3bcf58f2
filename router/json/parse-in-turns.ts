import { setImmediate as nextTurn } from 'node:timers/promises'
import { MAX_DEPTH, parseExactly, stringEnd, TooDeep } from './exact-json.ts'
import type { isInexact } from './exact-number.ts'
import { NO_LIMITS, type TextLimits, TooWide } from './text-limits.ts'

/** Number of characters from which a text is parsed in turns. Shorter ones take some milliseconds. */
export const LARGE_TEXT = 262_144
/** Characters that are parsed at a time. */
const PIECE = 32_768
/**
 * Maximum number of members of one object. Copying or writing one with a million takes a second, all in one
 * turn.
 */
const MAX_MEMBERS = 100_000
/** Maximum time for which other work waits, in milliseconds. */
const TURN_MS = 5

/** A list or an object that is larger than a piece. */
type Open = {
  readonly list: unknown[] | null
  /** The list, or the object. */
  readonly value: object
  /** Its key in the object around it. */
  readonly key: string
  /** Members of an object so far; a repeated name counts again. */
  members: number
}

/**
 * `parseExactly` for large texts, which lets other work take turns of the event loop. A list or an object
 * that is larger than a piece is assembled from its members, which are parsed a piece at a time. It takes a
 * third more time.
 * @throws SyntaxError
 * @throws TooDeep
 * @throws TooWide
 */
export async function parseInTurns(
  text: string,
  isChanged?: typeof isInexact,
  limits = NO_LIMITS,
): Promise<unknown> {
  const start = afterSpace(text, 0)
  if (!isOpening(text.charCodeAt(start))) return parseExactly(text, MAX_DEPTH, isChanged)
  const parser = new Parser(text, start, limits, isChanged)
  let turn = performance.now()
  while (!parser.step()) {
    if (performance.now() - turn < TURN_MS) continue
    await nextTurn()
    turn = performance.now()
  }
  // The caller continues with the whole value, in a new turn of the event loop.
  if (performance.now() - turn >= TURN_MS) await nextTurn()
  return parser.root
}

class Parser {
  root: unknown = null
  private readonly text: string
  private readonly limits: TextLimits
  private readonly isChanged: typeof isInexact | undefined
  private readonly open: Open[] = []
  private at: number
  private values = 1

  constructor(text: string, at: number, limits: TextLimits, isChanged?: typeof isInexact) {
    this.text = text
    this.at = at
    this.limits = limits
    this.isChanged = isChanged
    this.enter('')
  }

  /** Parses some members of the open list or object. @returns whether the text has ended. */
  step(): boolean {
    const container = this.open.at(-1)
    if (!container) return true
    const { end, values } = this.piece()
    if (end > this.at) {
      this.count(values)
      this.addAll(container, this.text.slice(this.at, end))
      this.at = end
      return this.goOn()
    }
    let key = ''
    if (!container.list) {
      key = String(this.scalar())
      this.at = afterSpace(this.text, this.at)
      if (this.text.charCodeAt(this.at++) !== COLON) throw broken(this.at)
      this.at = afterSpace(this.text, this.at)
    }
    this.count(1)
    if (isOpening(this.text.charCodeAt(this.at))) {
      this.enter(key)
      return this.open.length === 0
    }
    add(container, key, this.scalar())
    return this.goOn()
  }

  private count(values: number): void {
    this.values += values
    if (this.values > this.limits.values) throw new TooWide(`it has more than ${this.limits.values} values`)
  }

  /** Opens the list or object that begins here; one without members is closed at once. */
  private enter(key: string): void {
    if (this.open.length >= MAX_DEPTH) throw new TooDeep(MAX_DEPTH)
    const list = this.text.charCodeAt(this.at) === OPENING_BRACKET ? [] : null
    this.open.push({ list, value: list ?? {}, key, members: 0 })
    this.at = afterSpace(this.text, this.at + 1)
    if (isClosing(this.text.charCodeAt(this.at))) this.leave()
  }

  /** Continues after a member. @returns whether the text has ended. */
  private goOn(): boolean {
    this.at = afterSpace(this.text, this.at)
    if (this.text.charCodeAt(this.at) !== COMMA) return this.leave()
    this.at = afterSpace(this.text, this.at + 1)
    // `[1,]` has no member after the comma.
    if (isClosing(this.text.charCodeAt(this.at))) throw broken(this.at)
    return false
  }

  /** Closes the open list or object. @returns whether the text has ended. */
  private leave(): boolean {
    const container = this.open.pop()
    const wanted = container?.list ? CLOSING_BRACKET : CLOSING_BRACE
    if (!container || this.text.charCodeAt(this.at) !== wanted) throw broken(this.at)
    this.at++
    const parent = this.open.at(-1)
    if (parent) {
      add(parent, container.key, container.value)
      return this.goOn()
    }
    this.root = container.value
    if (afterSpace(this.text, this.at) < this.text.length) throw broken(this.at)
    return true
  }

  /**
   * The end of the longest run of whole members that fit a piece: a comma, or the end of the container. The
   * beginning if the first member is larger. `values` counts the members and all values in them.
   */
  private piece(): { readonly end: number; readonly values: number } {
    const limit = Math.min(this.at + PIECE, this.text.length)
    let depth = 0
    let end = this.at
    let seen = 1
    let values = 0
    for (let at = this.at; at < limit; ) {
      const code = this.text.charCodeAt(at)
      if (code === QUOTE) {
        at = stringEnd(this.text, at)
        continue
      }
      if (isOpening(code)) {
        depth++
        seen++
      } else if (isClosing(code)) {
        if (depth-- === 0) return { end: at, values: seen }
      } else if (code === COMMA) {
        if (depth === 0) {
          end = at
          values = seen
        }
        seen++
      }
      at++
    }
    return { end, values }
  }

  private addAll(container: Open, members: string): void {
    const { list, value: object } = container
    const depth = MAX_DEPTH - this.open.length + 1
    const parsed = parseExactly(list ? `[${members}]` : `{${members}}`, depth, this.isChanged)
    // A text in brackets parses to a list, one in braces to an object.
    if (list) for (const item of parsed as unknown[]) list.push(item)
    else {
      const more = parsed as Readonly<Record<string, unknown>>
      const keys = Object.keys(more)
      container.members += keys.length
      if (container.members > MAX_MEMBERS) throw new TooWide(`an object has more than ${MAX_MEMBERS} members`)
      for (const key of keys) define(object, key, more[key])
    }
  }

  /** A string, a number or a literal. */
  private scalar(): unknown {
    const from = this.at
    const isString = this.text.charCodeAt(from) === QUOTE
    this.at = isString ? stringEnd(this.text, from) : scalarEnd(this.text, from)
    const { scalar } = this.limits
    if (this.at - from > scalar) throw new TooWide(`a string or number has more than ${scalar} characters`)
    return parseExactly(this.text.slice(from, this.at), MAX_DEPTH, this.isChanged)
  }
}

function add({ list, value: object }: Open, key: string, value: unknown): void {
  if (list) list.push(value)
  else define(object, key, value)
}

/** As JSON.parse does, for which `__proto__` is a name like others. */
function define(object: object, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
  // The object was created here, for members of any name.
  else (object as Record<string, unknown>)[key] = value
}

function scalarEnd(text: string, from: number): number {
  let at = from
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === COMMA || isClosing(code) || isSpace(code)) break
    at++
  }
  return at
}

function afterSpace(text: string, from: number): number {
  let at = from
  while (isSpace(text.charCodeAt(at))) at++
  return at
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09
}

function isOpening(code: number): boolean {
  return code === 0x7b || code === OPENING_BRACKET
}

function isClosing(code: number): boolean {
  return code === CLOSING_BRACE || code === CLOSING_BRACKET
}

function broken(at: number): SyntaxError {
  return new SyntaxError(`the JSON is broken at position ${at}`)
}

const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const OPENING_BRACKET = 0x5b
const CLOSING_BRACKET = 0x5d
const CLOSING_BRACE = 0x7d
